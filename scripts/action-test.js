// action-test.js GITHUB FOLDER: wants the fake GitHub to have one release, published,
// with each file once and whole, and copies its files to FOLDER.
//
// action-test.js --ask FOLDER ROOT IDENTITY: prints what internal/interop's peer is to
// be asked of these files, a line for each bundle.
const fs = require('node:fs');
const path = require('node:path');

const want = (ok, what) => {
  if (ok) return;
  console.error(`action-test: ${what}`);
  process.exit(1);
};

if (process.argv[2] === '--ask') {
  const [from, root, identity] = process.argv.slice(3);
  for (const name of fs.readdirSync(from).filter((name) => /\.(sigstore\.json|intoto\.jsonl)$/.test(name))) {
    const file = name.endsWith('.sigstore.json') ? path.join(from, name.slice(0, -'.sigstore.json'.length)) : undefined;
    const issuer = 'https://token.actions.githubusercontent.com';
    console.log(JSON.stringify({ do: 'verify', root, bundle: path.join(from, name), file, identity, issuer, logs: 1, times: 1 }));
  }
  process.exit(0);
}

const [github, folder] = process.argv.slice(2);
const state = JSON.parse(fs.readFileSync(path.join(github, 'state.json'), 'utf8'));
const releases = Object.values(state.Repositories).flatMap((repository) => repository.Releases || []);
want(releases.length === 1, `${releases.length} releases`);
const [release] = releases;
want(!release.Draft, 'the release is a draft');
const names = release.Assets.map((asset) => asset.Name).sort();
want(new Set(names).size === names.length, `a file twice: ${names}`);
want(release.Assets.every((asset) => asset.State === 'uploaded'), 'a file that is not whole');
fs.mkdirSync(folder, { recursive: true });
for (const asset of release.Assets) {
  fs.copyFileSync(path.join(github, 'blobs', asset.SHA256), path.join(folder, asset.Name));
}
console.log(`release ${release.Tag}, published: ${names.join(' ')}`);
