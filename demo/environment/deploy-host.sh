set -eu
# A folder for each revision, and a link `current` that is switched in one step, so that no reader finds a gap.
home=$HOME/$TOLLGATE_APPLICATION/$TOLLGATE_COMPONENT
revision=$home/revision-$TOLLGATE_REVISION_NUMBER
mkdir -p "$revision"
cp "$TOLLGATE_REVISION" "$revision/revision.json"
sed -n 's/^ *"banner": "\(.*\)",*$/\1/p' "$revision/revision.json" >"$revision/banner"
echo "$TOLLGATE_HOST has revision $TOLLGATE_REVISION_NUMBER, version $TOLLGATE_VERSION"
sleep 1
ln -sfn "revision-$TOLLGATE_REVISION_NUMBER" "$home/next.$$"
mv -T "$home/next.$$" "$home/current"
printf '\033[32m✔\033[0m %s serves version %s\n' "$TOLLGATE_HOST" "$TOLLGATE_VERSION"
