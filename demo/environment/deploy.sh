set -eu
# A folder for each revision, and a link `current` that is switched in one step, so that no reader finds a gap.
home=$PWD/$TOLLGATE_APPLICATION/$TOLLGATE_COMPONENT
revision=$home/revision-$TOLLGATE_REVISION_NUMBER
mkdir -p "$revision"
cp "$TOLLGATE_REVISION" "$revision/revision.json"
echo "Revision $TOLLGATE_REVISION_NUMBER, version $TOLLGATE_VERSION, is in place"
sleep 1
if grep -q '"greeting": "broken"' "$revision/revision.json"; then
  printf '\033[31m✘\033[0m %s does not answer\n' "$TOLLGATE_COMPONENT"
  exit 1
fi
ln -sfn "revision-$TOLLGATE_REVISION_NUMBER" "$home/next.$$"
mv -T "$home/next.$$" "$home/current"
printf '\033[32m✔\033[0m %s serves version %s\n' "$TOLLGATE_COMPONENT" "$TOLLGATE_VERSION"
