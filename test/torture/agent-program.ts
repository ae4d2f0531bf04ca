/** What an agent does for a task; the weights say how often. */
export const KINDS = {
  /** Two files. */
  plain: 50,
  /** Two files that the gate wants equal. */
  pair: 14,
  /** Breaks the gate in its first turn. */
  mended: 8,
  /** Breaks the gate in every turn. */
  red: 4,
  /** Adds to a file that people and other agents change too, and settles conflicts. */
  list: 9,
  /** Commits by itself. */
  commits: 7,
  /** Leaves something that git ignores. */
  hidden: 4,
  /** Leaves a process in a session of its own. */
  daemon: 4,
} as const;

/** Red when there is a file `broken`, or when one file of a pair is not as the other. */
export const GATE = `test ! -e broken || { echo broken; exit 1; }
diff -r pair/a pair/b
`;

/**
 * The agent: a small sh script. Before and after each write it adds a line to the ledger (an append of less than a page is whole
 * or not there): \`before|after|gone RUN TASK NEW OLD PATH\`, NEW and OLD being object ids or \`-\`.
 */
export const AGENT = `desk=$1
cat > /dev/null
kind=$(cat "$desk/kind-$ROTA_TASK" 2> /dev/null || echo plain)
T=$ROTA_TASK
new=$desk/new-$$
hash() { git hash-object --no-filters -- "$1"; }
say() { printf '%s %s %s %s %s %s\\n' "$1" "$ROTA_RUN" "$T" "$2" "$3" "$4" >> "$desk/ledger"; }
put() {
  was=-
  test ! -e "$1" || was=$(hash "$1")
  now=$(hash "$new")
  say before "$now" "$was" "$1"
  mkdir -p "$(dirname "$1")"
  cat "$new" > "$1"
  say after "$now" "$was" "$1"
}
text() { printf '%s\\n' "$2" > "$new"; put "$1"; }
drop() { say gone - "$(hash "$1")" "$1"; rm "$1"; }
nap() { sleep "0.0$(($$ % 9 + 1))"; }

text "work/$T.txt" "$T by $ROTA_RUN"
nap
case $kind in
pair)
  text "pair/a/$T.txt" "$T is one, by $ROTA_RUN"
  nap
  text "pair/b/$T.txt" "$T is one, by $ROTA_RUN"
  ;;
mended)
  if test -e broken; then drop broken
  elif test ! -e "$desk/mended-$T"; then touch "$desk/mended-$T"; text broken "$T by $ROTA_RUN"
  fi
  ;;
red) text broken "$T by $ROTA_RUN, process $$" ;;
list)
  { sed -e '/^<<<<<<</d' -e '/^=======$/d' -e '/^>>>>>>>/d' list.txt; echo "- $T"; } > "$new"
  put list.txt
  ;;
commits)
  git add -A && git commit -q -m "wip: $T"
  nap
  text "work/$T-2.txt" "$T again by $ROTA_RUN"
  ;;
hidden) text "scratch/$T.log" "ignored, of $T by $ROTA_RUN" ;;
daemon) setsid sleep 600 > /dev/null 2>&1 < /dev/null & ;;
esac
nap
text "work/$T/$ROTA_RUN-$$.txt" "a second file for $T"
rm -f "$new"
`;
