set -eu
# One service of that image, which is waited for until it is healthy. Tried with a stand-in for docker.
project=$(printf '%s-%s' "$TOLLGATE_APPLICATION" "$TOLLGATE_COMPONENT" | tr '[:upper:]' '[:lower:]')
mkdir -p "$PWD/$project"
{
  printf "services:\n  app:\n    image: '%s'\n" "$TOLLGATE_IMAGE"
  [ -z "$TOLLGATE_PORTS" ] || printf '    ports:\n'
  for port in $(printf '%s' "$TOLLGATE_PORTS" | tr ',' ' '); do
    printf '      - "%s:%s"\n' "$port" "$port"
  done
} > "$PWD/$project/next.yaml"
mv "$PWD/$project/next.yaml" "$PWD/$project/compose.yaml"
docker compose --project-name "$project" --file "$PWD/$project/compose.yaml" up --detach --wait --remove-orphans
