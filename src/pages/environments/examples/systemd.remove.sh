set -eu
unit=$TOLLGATE_APPLICATION-$TOLLGATE_COMPONENT.service
systemctl stop -- "$unit"
rm -f "$PWD/units/$unit.env"
