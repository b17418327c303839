set -eu
ansible-playbook --inventory="$INVENTORY" --extra-vars="@$TOLLGATE_REVISION" --extra-vars=state=absent -- "$PLAYBOOK"
