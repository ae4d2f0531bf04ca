import { NOTHING, type ProjectFacts, type Proposal } from './proposal.ts';

const VENV = 'python3 -m venv .venv';
const PROJECT_FILES = [
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'pytest.ini',
  'tox.ini',
];

/** pyproject.toml and the older files; uv, Poetry, tox, else a virtual environment in `.venv`. */
export function detectPython(facts: ProjectFacts): Proposal {
  if (!PROJECT_FILES.some((file) => facts.files.has(file))) return NOTHING;
  const pyproject = facts.files.get('pyproject.toml') ?? '';
  const texts = PROJECT_FILES.map((file) => facts.files.get(file) ?? '').join('\n');
  if (facts.files.has('tox.ini') || /^\[tool\.tox/m.test(pyproject)) return { ...NOTHING, gate: ['tox'] };
  const hasPytest =
    /\bpytest\b/.test(texts) || facts.files.has('pytest.ini') || facts.files.has('conftest.py');
  const test = hasPytest ? 'pytest' : 'python -m unittest';
  const hasTests = hasPytest || facts.files.has('tests') || facts.files.has('test');
  const gate = (prefix: string) => (hasTests ? [`${prefix}${test}`] : []);
  if (facts.files.has('uv.lock'))
    return { ...NOTHING, gate: gate('uv run --frozen '), setup: ['uv sync --frozen'] };
  if (facts.files.has('poetry.lock')) {
    return { ...NOTHING, gate: gate('poetry run '), setup: ['poetry install --no-interaction'] };
  }
  const installs = [
    ...(facts.files.has('requirements.txt') ? ['.venv/bin/pip install -r requirements.txt'] : []),
    ...(isPackage(facts) ? ['.venv/bin/pip install -e .'] : []),
    ...(hasPytest ? ['.venv/bin/pip install pytest'] : []),
  ];
  const command = hasPytest ? '.venv/bin/python -m pytest' : '.venv/bin/python -m unittest';
  return { ...NOTHING, gate: hasTests ? [command] : [], setup: [VENV, ...installs] };
}

function isPackage({ files }: ProjectFacts): boolean {
  return files.has('setup.py') || /^\[(?:project|build-system)\]/m.test(files.get('pyproject.toml') ?? '');
}
