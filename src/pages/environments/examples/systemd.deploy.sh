set -eu
# Restarts the unit APPLICATION-COMPONENT, which is there already and reads its version from this file.
# The account of the scripts needs the right to do that. Tried with a stand-in for systemctl.
unit=$TOLLGATE_APPLICATION-$TOLLGATE_COMPONENT.service
mkdir -p "$PWD/units"
printf 'VERSION=%s\nPACKAGE=%s\n' "$TOLLGATE_VERSION" "$TOLLGATE_PACKAGE" > "$PWD/units/$unit.$$"
mv "$PWD/units/$unit.$$" "$PWD/units/$unit.env"
systemctl restart -- "$unit"
for second in 1 2 3 4 5 6 7 8 9 10; do
  if systemctl is-active --quiet -- "$unit"; then
    echo "$unit is active"
    exit 0
  fi
  sleep 1
done
systemctl status --no-pager -- "$unit" || true
exit 1
