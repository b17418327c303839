set -eu
# The playbook gets the whole revision: `version`, `image`, `package`, `environment`, `files`, `parameters`.
# Tried with a stand-in for ansible-playbook.
ansible-playbook --inventory="$INVENTORY" --extra-vars="@$TOLLGATE_REVISION" --extra-vars=state=present -- "$PLAYBOOK"
