set -eu
project=$(printf '%s-%s' "$TOLLGATE_APPLICATION" "$TOLLGATE_COMPONENT" | tr '[:upper:]' '[:lower:]')
docker compose --project-name "$project" --file "$PWD/$project/compose.yaml" down
rm -rf "${PWD:?}/$project"
