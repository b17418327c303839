# Is read by sh on a host, over the connection, and answers what it is asked line by line. Nothing that it runs reads from the
# connection.
tg_u=$(umask)
umask 077
tg_d=$HOME/$tg_r

tg_say() { printf '%s %s\n' "$tg_m" "$*"; }

tg_exit() {
  [ -f "$tg_d/exit" ] || return 1
  read -r tg_e tg_n <"$tg_d/exit"
  tg_x="ended $tg_e $tg_n"
}

# Sets tg_x to how far the run is.
tg_state() {
  tg_x=gone
  [ -d "$tg_d" ] || return 0
  tg_x=fresh
  [ -d "$tg_d/once" ] || return 0
  tg_exit && return 0
  tg_x=begun
  [ -s "$tg_d/pid" ] || return 0
  read -r tg_p tg_q <"$tg_d/pid"
  tg_x=running
  tg_born "$tg_p"
  kill -s 0 "$tg_p" 2>/dev/null && [ "$tg_s" = "$tg_q" ] && return 0
  # It may have ended since it was looked.
  tg_x=lost
  tg_exit
  return 0
}

tg_hello() {
  tg_b=-
  { read -r tg_b </proc/sys/kernel/random/boot_id; } 2>/dev/null
  tg_state
  tg_say "hello $tg_b $(date +%s) $tg_x"
}

# Says why the folder cannot be written.
tg_unwritable() {
  tg_t=$tg_d
  while [ ! -e "$tg_t" ] && [ -n "$tg_t" ]; do tg_t=${tg_t%/*}; done
  if [ -d "${tg_t:-/}" ] && [ -w "${tg_t:-/}" ]; then tg_say "no room $tg_d"; else tg_say "no write $tg_d"; fi
}

# Writes a file whole or not at all.
tg_put() {
  { printf '%s' "$2" >"$tg_d/$1.$$" && mv "$tg_d/$1.$$" "$tg_d/$1"; } 2>/dev/null || tg_bad=1
}

# Makes the folder and what must be in it before there are files.
tg_make() {
  tg_bad=0
  tg_missing=
  for tg_t in setsid chmod date grep head kill mkdir mv rm rmdir sleep tail wc; do
    command -v "$tg_t" >/dev/null 2>&1 || tg_missing=$tg_t
  done
  # One that is a program would have the texts among its arguments, for all to see.
  [ "$(command -v printf)" = printf ] || tg_missing=printf
  [ -z "$tg_missing" ] || return 0
  mkdir -p "$tg_d/files" 2>/dev/null || tg_bad=1
  [ -d "$tg_d/once" ] || mkdir -p "$tg_d/open" "$tg_d/go" 2>/dev/null || tg_bad=1
  # What is written later has its place on the disk from now on.
  if [ ! -d "$tg_d/once" ]; then
    for tg_t in exit.new pid.new group; do tg_put "$tg_t" '                                                                '; done
  fi
  { printf '' >>"$tg_d/log" && printf '' >>"$tg_d/outputs"; } 2>/dev/null || tg_bad=1
}

# Whether a file there can be run, if $1 says that one must be.
tg_runs() {
  [ "$1" = 1 ] || return 0
  tg_put try '#!/bin/sh
'
  { chmod 700 "$tg_d/try" && "$tg_d/try"; } 2>/dev/null
  tg_t=$?
  rm -f "$tg_d/try"
  return $tg_t
}

# Says whether all is there.
tg_made() {
  if [ -n "$tg_missing" ]; then tg_say "no tool $tg_missing"; return 0; fi
  if [ "$tg_bad" = 1 ]; then tg_unwritable; return 0; fi
  chmod 700 "$tg_d/script" 2>/dev/null
  if tg_runs "$1"; then tg_say "ready $tg_d"; else tg_say "no run $tg_d"; fi
}

tg_start() {
  tg_setsid=$(command -v setsid)
  printf '%s' "tg_d='$(tg_quoted "$tg_d")' tg_u=$tg_u tg_setsid='$tg_setsid'
$1" | setsid sh >/dev/null 2>&1 &
  tg_say started
}

# A text as it stands between single quotes.
tg_quoted() {
  tg_l=$1
  tg_o=
  while :; do
    case $tg_l in
      *"'"*) tg_o="$tg_o${tg_l%%"'"*}'\\''" tg_l=${tg_l#*"'"} ;;
      *) break ;;
    esac
  done
  printf '%s' "$tg_o$tg_l"
}

# Says how far the run is and what its log has from $1 on, at most $2 bytes.
tg_poll() {
  tg_state
  tg_z=$(wc -c 2>/dev/null <"$tg_d/log") || tg_z=0
  tg_z=$((tg_z + 0))
  tg_n=$((tg_z - $1))
  [ "$tg_n" -le "$2" ] || tg_n=$2
  [ "$tg_n" -ge 0 ] || tg_n=0
  tg_send "$tg_z $tg_x" "$tg_d/log" "$1"
}

# Says how many bytes come, and $1; then sends them, tg_n of file $2 from $3 on.
tg_send() {
  tg_say "bytes $tg_n $1"
  [ "$tg_n" = 0 ] || tail -c "+$(($3 + 1))" "$2" | head -c "$tg_n"
  tg_say end
}

# Sends the outputs, at most $1 bytes.
tg_outputs() {
  tg_n=0
  if [ -f "$tg_d/outputs" ] && [ ! -L "$tg_d/outputs" ]; then tg_n=$(wc -c <"$tg_d/outputs"); fi
  tg_n=$((tg_n + 0))
  [ "$tg_n" -le "$1" ] || tg_n=$1
  tg_send outputs "$tg_d/outputs" 0
}

# Has the script stopped.
tg_stop() {
  rmdir "$tg_d/go" 2>/dev/null
  tg_say stopping
}

# Ends what is left where nothing watches any more.
tg_clear() {
  tg_c=
  { read -r tg_c <"$tg_d/group"; } 2>/dev/null
  tg_any && tg_end
  tg_say cleared
}

tg_remove() {
  rm -rf "$tg_d" 2>/dev/null
  tg_say removed
}

# The folders of runs that have ended.
tg_leftovers() {
  tg_o=
  for tg_t in "$HOME"/.tollgate/runs/*/exit; do
    [ -f "$tg_t" ] || continue
    tg_t=${tg_t%/exit}
    tg_o="$tg_o ${tg_t##*/}"
  done
  tg_say "left$tg_o"
}
