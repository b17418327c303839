#!/bin/sh
# Runs one script, and another when that has ended well.
tg_run() {
  tg_program='/bin/sh'
  IFS= read -r tg_first <"$1"
  case $tg_first in '#!'*) tg_program=${tg_first#'#!'} ;; esac
  # A program may have an argument behind it.
  $tg_program "$1"
}
tg_run "$TOLLGATE_DEPLOY" || exit
tg_run "$TOLLGATE_VERIFY"
