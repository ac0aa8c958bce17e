// What others' scanners say of a running Ballast: Mozilla's Observatory gives its best grade, and Google's CSP Evaluator finds
// nothing grave in the policy of any kind of page. Ballast runs as in production, behind a proxy that ends TLS.
//
//   node tests/scanners/scan.mjs PROGRAM MODULES
//
// PROGRAM is the built ballast; MODULES the directory in which npm has put the scanners.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [program, modules] = process.argv.slice(2).map((path) => resolve(path));
const BEST = 'A+';
const PAGES = ['/auth/login', '/admin/login', '/nowhere', '/api/v1/me', '/healthz', '/favicon.ico', '/setup/x'];

/** A certificate for this machine, from an authority that is made for it. */
function certify(directory) {
  const run = (...words) => execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  writeFileSync(join(directory, 'leaf.ext'), 'subjectAltName=DNS:localhost\n');
  run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Scan');
  run('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=localhost');
  run('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'leaf.pem', '-days', '2', '-extfile', 'leaf.ext');
}

// Node reads whom it trusts when it starts, so that it starts once more.
if (!process.argv[4]) {
  const directory = mkdtempSync(join(tmpdir(), 'ballast-scan-'));
  try {
    certify(directory);
    const again = [process.argv[1], program, modules, directory];
    execFileSync(process.execPath, again, {
      stdio: 'inherit',
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') },
    });
  } catch (error) {
    process.exitCode = error.status ?? 1;
    if (error.status === undefined) console.error(String(error));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  process.exit();
}
const directory = resolve(process.argv[4]);

let passed = 0;
let failed = 0;
function check(name, right, more = '') {
  if (right) passed += 1;
  else failed += 1;
  console.log(`${right ? 'ok' : 'not ok'} - ${name}${more ? `: ${more}` : ''}`);
}

function freePort() {
  return new Promise((done) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Ballast as in production, behind TLS; ends with `close`. */
async function start(name, more = {}) {
  const port = await freePort();
  const tlsPort = await freePort();
  const child = spawn(program, ['serve'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      DATA_DIR: join(directory, name),
      HTTP_ADDR: `127.0.0.1:${port}`,
      ENVIRONMENT: 'production',
      ALLOWED_HOSTS: 'localhost',
      PUBLIC_URL: `https://localhost:${tlsPort}`,
      TRUSTED_PROXIES: '127.0.0.1',
      LOG_LEVEL: 'error',
      ...more,
    },
  });
  const proxy = https.createServer(
    { key: readFileSync(join(directory, 'leaf.key')), cert: readFileSync(join(directory, 'leaf.pem')) },
    (request, response) => {
      const headers = { ...request.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': request.socket.remoteAddress };
      const onwards = http.request({ port, host: '127.0.0.1', method: request.method, path: request.url, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
      });
      onwards.on('error', () => response.destroy());
      request.pipe(onwards);
    },
  );
  await new Promise((done) => {
    proxy.listen(tlsPort, 'localhost', done);
  });
  const address = `https://localhost:${tlsPort}`;
  for (let turn = 0; ; turn += 1) {
    const well = await fetch(`${address}/healthz`).then((answer) => answer.ok, () => false);
    if (well) break;
    if (turn === 200 || child.exitCode !== null) throw new Error('ballast does not answer');
    await new Promise((done) => {
      setTimeout(done, 50);
    });
  }
  const close = () => {
    proxy.closeAllConnections();
    proxy.close();
    return new Promise((done) => {
      child.on('exit', done);
      child.kill('SIGTERM');
    });
  };
  return { address, host: `localhost:${tlsPort}`, close };
}

/** Mozilla's scanner. Its package fetches the list of preloaded names when it is installed; ours is on no such list. */
async function observatory(host) {
  const root = join(modules, '@mdn', 'mdn-http-observatory');
  const list = join(root, 'conf', 'hsts-preload.json');
  if (!existsSync(list)) {
    mkdirSync(join(root, 'conf'), { recursive: true });
    writeFileSync(list, '{}');
  }
  const { scan } = await import(pathToFileURL(join(root, 'src', 'scanner', 'index.js')));
  const { scan: result, tests } = await scan(host);
  const all = Object.entries(tests).map(([name, test]) => `${name} ${test.scoreModifier} (${test.result})`);
  console.log(`# ${result.score} points; ${all.join(', ')}`);
  check(`Mozilla's Observatory gives ${BEST}`, result.grade === BEST, `${result.grade}, ${result.score} points`);
  check('each of its tests passes', result.testsFailed === 0, `${result.testsPassed} of ${result.testsQuantity}`);
}

async function evaluator(address, pages, what) {
  const require = createRequire(join(modules, 'x.js'));
  const { CspEvaluator } = require('csp_evaluator/dist/evaluator.js');
  const { CspParser } = require('csp_evaluator/dist/parser.js');
  const { Severity } = require('csp_evaluator/dist/finding.js');
  for (const page of pages) {
    const answer = await fetch(address + page, { redirect: 'manual' });
    const policy = answer.headers.get('content-security-policy') ?? '';
    const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
    const grave = findings.filter(({ severity }) => [Severity.HIGH, Severity.SYNTAX, Severity.HIGH_MAYBE].includes(severity));
    const text = grave.map(({ directive, value, description }) => `${directive} ${value ?? ''} ${description}`).join('; ');
    check(`Google's CSP Evaluator finds nothing grave on ${what}${page}`, policy !== '' && grave.length === 0, text);
    const secure = answer.headers.get('strict-transport-security') ?? '';
    check(`${what}${page} insists on https`, secure.startsWith('max-age=31536000'), secure);
  }
}

const plain = await start('plain');
try {
  await observatory(plain.host);
  await evaluator(plain.address, PAGES, '');
} finally {
  await plain.close();
}
const asking = await start('asking', { TURNSTILE_SITE_KEY: '0x4AAAAAAAaaaaaaaaaaaaaa', TURNSTILE_SECRET_KEY: '0x4AAAAAAAbbbbbbbbbbbbbbbbbbbbbbbbbbb' });
try {
  await evaluator(asking.address, ['/auth/login', '/admin/login'], 'with Turnstile: ');
} finally {
  await asking.close();
}
console.log(`# pass ${passed}\n# fail ${failed}`);
process.exitCode = failed === 0 ? 0 : 1;
