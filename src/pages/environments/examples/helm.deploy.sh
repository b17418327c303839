set -eu
# The chart that the field `package` names, in the version that is to run. Tried with a stand-in for helm.
name=$(printf '%s-%s' "$TOLLGATE_APPLICATION" "$TOLLGATE_COMPONENT" | tr '[:upper:]' '[:lower:]')
helm upgrade --install --wait --timeout 8m \
  --version="$TOLLGATE_VERSION" \
  --set-string="image=$TOLLGATE_IMAGE" \
  --set="replicaCount=${TOLLGATE_REPLICAS:-1}" \
  -- "$name" "$TOLLGATE_PACKAGE"
