import { mapping } from '../yaml.js';
import type { Found, Kind, Line, Look } from './look.js';

/** Where people leave keys: code, notebooks, configuration, and what a shell reads. */
const MAY_HOLD =
  /\.(py|ipynb|ya?ml|sh|ps1|env|cfg|ini|toml|conf|properties|R|publishsettings)$|(^|\/)(\.env[\w.-]*|config\.json|local\.settings\.json|appsettings[\w.]*\.json|Dockerfile[\w.-]*)$/i;

/** Each by its own shape; a name and any text behind it would find every example. */
const KEYS: readonly RegExp[] = [
  /\b(AccountKey|SharedAccessKey|account_key)["']?\s{0,3}[=:]\s{0,3}["']?[A-Za-z0-9+/]{40,100}={0,2}/,
  /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])/,
  /[?&]sv=[\w-]{8,12}&[^"'\s]{0,200}\bsig=[A-Za-z0-9%+/]{30,}/,
  /\b(ghp|gho|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{50,}/,
  /-----BEGIN (RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----/,
  /\bAKIA[0-9A-Z]{16}\b|\bdapi[0-9a-f]{32}\b|\bhf_[A-Za-z0-9]{34}\b|\bsk-[A-Za-z0-9]{32,}/,
  /(client_?secret|clientSecret|service_principal_password|password|api_?key|subscription_?key)\\?["']?\s{0,3}[=:]\s{0,3}\\?["'][A-Za-z0-9~._+/-]{32,120}={0,2}\\?["']/i,
  /\b[A-Za-z0-9_-]{3}8Q~[A-Za-z0-9._~-]{31,34}/,
];
/** Parts of what they are known by: looking for plain text is fast, and tells the few lines on which any is tried. */
const HINTS = (
  'AccountKey SharedAccessKey account_key sig= ghp_ gho_ ghs_ ghr_ github_pat_ PRIVATE AKIA dapi hf_ sk- 8Q~ ' +
  'ecret ECRET assword ASSWORD api_key apikey apiKey API_KEY subscription_key subscriptionKey =='
).split(' ');

/** More than are ever told. */
const MOST_IN_ONE = 20;
/** What only stands for one. */
const EXAMPLE =
  /\$\{|\$\(|<[A-Za-z_ -]+>|os\.environ|getenv|xxxx|your[-_]|example|placeholder|dummy|changeme|\{\{|0{16}|(.)\1{11}/i;

const keysIn = (look: Look): Found[] =>
  look.paths
    .filter((path) => MAY_HOLD.test(path))
    .flatMap((path) => {
      const text = look.facts.files.text(path) ?? '';
      const tried = new Set<number>();
      const found: Found[] = [];
      for (const hint of HINTS) {
        let end = 0;
        // Each line is looked at once for each of them, however often it stands there.
        for (let at = text.indexOf(hint); at !== -1; at = text.indexOf(hint, Math.max(end, at + 1))) {
          if (hint === '==' && !/[A-Za-z0-9+/]{20}$/.test(text.slice(Math.max(0, at - 20), at))) continue;
          const start = text.lastIndexOf('\n', at) + 1;
          const next = text.indexOf('\n', at);
          end = next === -1 ? text.length : next;
          if (tried.has(start) || found.length > MOST_IN_ONE) continue;
          tried.add(start);
          const line = text.slice(start, end);
          // Pictures in notebooks are long lines of the same letters.
          if (line.length > 4_000 || /image\/(png|jpeg)/.test(line) || EXAMPLE.test(line)) continue;
          if (KEYS.some((key) => key.test(line)))
            found.push({ path, line: text.slice(0, start).split('\n').length });
        }
      }
      return found;
    });

const STORED =
  /\b(AZURE_CREDENTIALS|[A-Z0-9_]*(CLIENT_SECRET|PUBLISH_PROFILE|ACCOUNT_KEY|STORAGE_KEY|ACCESS_KEY|CONNECTION_STRING|CONN_STR|SAS_TOKEN|SP_PASSWORD|SP_SECRET|SERVICE_PRINCIPAL_PASSWORD))\b/i;

/** A secret of GitHub or a variable of Azure Pipelines, not a name in passing. */
const isStored = ({ text }: Line): boolean => {
  if (!/secrets\.|\$\(|creds|publish-profile|client-secret/.test(text)) return false;
  const uses = [...text.matchAll(/secrets\.(\w{1,100})|\$\(([\w.]{1,100})\)/g)].map(([, a, b]) =>
    (a ?? b ?? '').replaceAll('.', '_'),
  );
  return (
    uses.some((name) => STORED.test(name)) ||
    /^\s*(-\s+)?(creds|publish-profile|client-secret):\s*\S/.test(text)
  );
};

/** Calls that take a secret instead of an identity. */
const CALLS =
  /\b(ClientSecretCredential|ServicePrincipalAuthentication|AccountKeyConfiguration|SasTokenConfiguration|ServicePrincipalConfiguration|from_connection_string|register_azure_blob_container)\s*\(/;

export const OF_SECRETS: readonly Kind[] = [
  {
    id: 'secret-in-file',
    severity: 'high',
    says: 'this line holds what looks like a key or a password, and everybody who has the repository has it too',
    fix: 'Make a new key now (the history keeps the old one), put it into a key vault, and read it there with an identity.',
    find: keysIn,
  },
  {
    id: 'secret-instead-of-oidc',
    severity: 'high',
    says: 'signs in with a stored secret, which can be copied and does not end',
    fix: 'Sign in without one: `permissions: { id-token: write }` and `azure/login` with client-id, tenant-id and subscription-id; in Azure Pipelines a service connection with workload identity federation.',
    find: (look) =>
      [
        ...look.run.filter(isStored).map(({ path, line }) => ({ path, line })),
        ...look.run
          .filter(({ text }) =>
            /\baz login\b.{0,200}--service-principal\b.{0,200}(\s-p\b|--password\b)/.test(text),
          )
          .map(({ path, line }) => ({ path, line })),
      ].filter(
        ({ path, line }, at, all) => all.findIndex((one) => one.path === path && one.line === line) === at,
      ),
  },
  {
    id: 'key-instead-of-identity',
    severity: 'medium',
    says: 'data is reached with a key or a password instead of an identity',
    fix: 'Use `DefaultAzureCredential()` in code, and a datastore without `credentials:`, with a role such as Storage Blob Data Contributor for the identity.',
    find: (look) => [
      ...look.paths
        .filter((path) => /\.(py|ipynb)$/.test(path) && !/(^|\/)tests?\//.test(path))
        .filter((path) => CALLS.test(look.facts.files.text(path) ?? ''))
        .flatMap((path) =>
          look.lines(path).filter(({ text }) => CALLS.test(text) && !/^\s*(from|import)\b/.test(text)),
        )
        .map(({ path, line }) => ({ path, line })),
      ...look.facts.assets
        .filter(
          ({ kind, value }) => kind === 'datastore' && Object.keys(mapping(value.credentials)).length > 0,
        )
        .map((asset) => ({ path: asset.path, line: asset.line(['credentials']) })),
    ],
  },
];
