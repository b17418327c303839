# Runs the script, apart from any connection. All of it is one command, so that a part of it does nothing.
{
  cd "$tg_d" || exit 1
  # Whoever makes this runs the script, and nobody else does.
  mkdir once 2>/dev/null || exit 0
  tg_born $$
  printf '%s %s\n' $$ "$tg_s" 1<>pid.new && mv pid.new pid
  (
    umask "$tg_u"
    cd "$HOME" 2>/dev/null || cd /
    unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_ORIGINAL_COMMAND
    @EXPORTS@
    exec "$tg_setsid" @PROGRAM@"$tg_d/script"
  ) </dev/null >>log 2>&1 &
  tg_c=$!
  echo "$tg_c" 1<>group
  # Whoever removes this says how the script ended: it by itself, or what watches its time.
  (
    tg_now
    tg_z=$((tg_a + tg_t))
    while [ -d go ]; do
      tg_now
      [ "$tg_a" -lt "$tg_z" ] || break
      sleep 1
    done
    rmdir open 2>/dev/null || exit 0
    tg_how=timeout
    [ -d go ] || tg_how=stopped
    tg_end
    [ $tg_how = stopped ] && exit 11
    exit 10
  ) &
  tg_w=$!
  wait "$tg_c"
  tg_e="exited $?"
  if rmdir open 2>/dev/null; then
    kill "$tg_w" 2>/dev/null
    [ "$tg_leave" = 1 ] || ! tg_any || tg_end
  else
    wait "$tg_w"
    case $? in 10) tg_e=timeout ;; 11) tg_e=stopped ;; esac
    set -- $(tg_left)
    tg_e="$tg_e $#"
  fi
  # Its place on the disk was taken before: a disk that is full takes it.
  printf '%-40s\n' "$tg_e" 1<>exit.new
  mv exit.new exit
}
