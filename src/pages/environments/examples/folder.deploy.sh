set -eu
# A folder for each revision, and a link `current` that is switched in one step.
home=$PWD/$TOLLGATE_APPLICATION/$TOLLGATE_COMPONENT
mkdir -p "$home/$TOLLGATE_REVISION_NUMBER"
cp "$TOLLGATE_REVISION" "$home/$TOLLGATE_REVISION_NUMBER/next.$$"
mv "$home/$TOLLGATE_REVISION_NUMBER/next.$$" "$home/$TOLLGATE_REVISION_NUMBER/revision.json"
ln -sfn "$TOLLGATE_REVISION_NUMBER" "$home/next.$$"
mv -T "$home/next.$$" "$home/current"
