# What both programs on a host know: which processes there are, and how they are ended. Every name begins with tg_, so that
# none is a variable of the script.

# Sets tg_s to when a process was started; to "gone" where it has ended and nobody has waited for it.
tg_born() {
  tg_s=-
  { read -r tg_l <"/proc/$1/stat"; } 2>/dev/null || return 0
  set -- ${tg_l##*) }
  case $1 in Z | X) tg_s=gone ;; *) tg_s=${20} ;; esac
}

# Sets tg_a to a time in seconds that nobody puts back, where there is one.
tg_now() {
  { read -r tg_a tg_l </proc/uptime; } 2>/dev/null || { tg_a=$(date +%s); return 0; }
  tg_a=${tg_a%%.*}
}

# The processes that have the variables of this script, whatever group they are in.
tg_left() {
  grep -lsF "TOLLGATE_OUTPUT=$tg_d/outputs" /proc/[0-9]*/environ 2>/dev/null |
    while IFS=/ read -r tg_l tg_l tg_p tg_l; do echo "$tg_p"; done
}

tg_signal() {
  [ -z "$tg_c" ] || kill -s "$1" -- "-$tg_c" 2>/dev/null
  for tg_p in $(tg_left); do kill -s "$1" "$tg_p" 2>/dev/null; done
}

tg_any() {
  { [ -n "$tg_c" ] && kill -s 0 -- "-$tg_c" 2>/dev/null; } || [ -n "$(tg_left)" ]
}

tg_rest() { sleep 0.1 2>/dev/null || sleep 1; }

# Ends all of them: asked first, and made to after tg_g seconds.
tg_end() {
  tg_signal TERM
  tg_now
  tg_z=$((tg_a + tg_g))
  while tg_any && tg_now && [ "$tg_a" -lt "$tg_z" ]; do tg_rest; done
  tg_any || return 0
  tg_signal KILL
  for tg_i in 1 2 3 4 5 6 7 8 9 10; do
    tg_any || return 0
    tg_rest
  done
}
