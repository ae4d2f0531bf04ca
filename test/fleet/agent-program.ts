/**
 * Red when what one landing brought does not agree: each task's two files are equal, each says whose it is, and the list of the
 * folder that some tasks share has no line twice.
 */
export const GATE = `set -e
diff -r pair/a pair/b
for file in work/*.txt; do
  test -e "$file" || continue
  task=$(basename "$file" .txt)
  grep -qx "$task" "$file" || { echo "$file is not of $task"; exit 1; }
done
test ! -e shared/list.txt || test -z "$(sort shared/list.txt | uniq -d)"
`;

/** The agent: takes its task's time, writes its files, and adds a line to the shared list if its task is one of those that share. */
export const AGENT = `desk=$1
cat > /dev/null
T=$ROTA_TASK
sleep "$(cat "$desk/nap-$T")"
mkdir -p work pair/a pair/b
echo "$T" > "work/$T.txt"
echo "$T by $ROTA_RUN" > "pair/a/$T.txt"
echo "$T by $ROTA_RUN" > "pair/b/$T.txt"
case $T in
*0) if grep -q '^touches:' backlog/"$T"-*.md; then mkdir -p shared; echo "$T" >> shared/list.txt; fi ;;
esac
`;
