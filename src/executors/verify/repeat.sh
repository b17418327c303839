#!/bin/sh
# Repeats a check until it has held for a time without a break, or until its time is over.
tg_every=@EVERY@ tg_holds=@HOLDS@ tg_within=@WITHIN@

# Seconds on a clock that nobody sets, where there is one.
tg_now() {
  if read -r tg_up tg_rest 2>/dev/null </proc/uptime; then echo "${tg_up%%.*}"; else date +%s; fi
}

tg_program='/bin/sh'
IFS= read -r tg_first <"$TOLLGATE_CHECK"
case $tg_first in '#!'*) tg_program=${tg_first#'#!'} ;; esac
tg_began=$(tg_now) tg_since='' tg_last=''
while :; do
  # A program may have an argument behind it.
  $tg_program "$TOLLGATE_CHECK" </dev/null
  tg_status=$? tg_at=$(tg_now)
  if [ "$tg_status" -eq 0 ]; then
    tg_since=${tg_since:-$tg_at}
    [ "$tg_last" = 0 ] || echo @HOLDS_LINE@
    if [ $((tg_at - tg_since)) -ge "$tg_holds" ] && [ $((tg_at - tg_began)) -le "$tg_within" ]; then
      echo @HELD_LINE@
      exit 0
    fi
  else
    tg_since=''
    [ "$tg_last" = "$tg_status" ] || echo @FAILS_LINE@ "$tg_status"
  fi
  tg_last=$tg_status
  if [ $((tg_at - tg_began + tg_every)) -gt "$tg_within" ]; then
    echo @FAILED_LINE@
    [ "$tg_status" -ne 0 ] || tg_status=1
    exit "$tg_status"
  fi
  sleep "$tg_every"
done
