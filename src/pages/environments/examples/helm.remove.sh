set -eu
name=$(printf '%s-%s' "$TOLLGATE_APPLICATION" "$TOLLGATE_COMPONENT" | tr '[:upper:]' '[:lower:]')
helm uninstall --wait -- "$name"
