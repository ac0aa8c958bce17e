// Passkeys: asks the server what is to be signed, the browser to sign it, and hands the answer back.

import { postJson, reason } from './fragment.js';

const possible = 'PublicKeyCredential' in globalThis && !/^[\d.]+$|:/.test(location.hostname);

function bytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function known(list) {
  return (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
}

/** What the browser is to sign, with its bytes as bytes. */
function options(asked) {
  const ready = { ...asked, challenge: bytes(asked.challenge) };
  if (asked.user) ready.user = { ...asked.user, id: bytes(asked.user.id) };
  if (asked.excludeCredentials) ready.excludeCredentials = known(asked.excludeCredentials);
  if (asked.allowCredentials) ready.allowCredentials = known(asked.allowCredentials);
  return ready;
}

/** What the browser has signed, with its bytes as text. */
function told(credential) {
  const { response } = credential;
  const parts = ['attestationObject', 'clientDataJSON', 'authenticatorData', 'signature', 'userHandle'];
  const said = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(said),
    clientExtensionResults: {},
  };
}

/** Where to go on to: what the box says, or the form of the page. */
function onwards(box) {
  return box.dataset.next ?? document.querySelector('form [name="next"]')?.value ?? '/';
}

async function ask(box) {
  const begun = await postJson(box.dataset.begin, {});
  if (!begun.response.ok) throw new Error(reason(begun.response, begun.answer));
  if (begun.answer.confirm) return location.assign(begun.answer.confirm);
  const { publicKey } = begun.answer;
  const credential = box.dataset.passkey === 'make'
    ? await navigator.credentials.create({ publicKey: options(publicKey) })
    : await navigator.credentials.get({ publicKey: options(publicKey) });
  const name = box.querySelector('[name="name"]')?.value ?? '';
  const body = { credential: told(credential), name, next: onwards(box) };
  const finished = await postJson(box.dataset.finish, body);
  if (!finished.response.ok) throw new Error(reason(finished.response, finished.answer));
  const next = new URL(finished.answer.next ?? onwards(box), location.href);
  // An address that differs by its anchor alone would not be asked for again.
  if (next.pathname === location.pathname) return location.reload();
  return location.assign(next);
}

function words(error) {
  if (error.name === 'NotAllowedError') return 'Nothing was chosen, or it took too long.';
  if (error.name === 'InvalidStateError') return 'This device has a passkey for your account already.';
  if (error.name === 'SecurityError') return 'Passkeys work only at the address that your administrator has set.';
  return error.message;
}

async function press(button, box) {
  const fault = box.querySelector('.error');
  button.setAttribute('aria-busy', 'true');
  button.disabled = true;
  fault.hidden = true;
  try {
    await ask(box);
  } catch (error) {
    fault.textContent = words(error);
    fault.hidden = false;
  } finally {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
}

// The buttons are seen only where they can do something; what stands in the page may be changed for something else.
if (possible) {
  document.documentElement.dataset.passkeys = '';
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-passkey] button');
    if (button) press(button, button.closest('[data-passkey]'));
  });
}
