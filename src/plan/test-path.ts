const TEST_FOLDER = /^(?:tests?|specs?|__tests__|__snapshots__|e2e|cypress)$/i;
const TEST_FILE = [
  /[.-](?:test|spec|cy|e2e|test-d)\.[^.]+(?:\.snap)?$/i, // a.test.ts, a-spec.js, a.cy.ts, a.test-d.ts
  /_(?:test|spec)\.[^.]+$/i, // a_test.go, a_spec.rb
  /^test_[^/]*\.[^.]+$/i, // test_a.py
  /^[A-Z]\w*(?:Tests?|Spec|IT)\.(?:java|kt|kts|scala|groovy|cs|swift|php)$/, // UserTest.java
  /^Test[A-Z]\w*\.(?:java|kt|scala|groovy)$/, // TestUser.java
  /\.(?:bats|feature)$/i,
  /^conftest\.py$/,
];

/** Whether a path looks like a test by the usual conventions of the common languages. */
export function isTestPath(path: string): boolean {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  return parts.some((part) => TEST_FOLDER.test(part)) || TEST_FILE.some((pattern) => pattern.test(name));
}
