// Forms that a passkey answers: data-passkey="create" or "get", data-options =
// where the challenge comes from. The answer goes into the form's hidden field
// "response", and the form is sent as any other.

const usable = Boolean(window.PublicKeyCredential && navigator.credentials);

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!usable) {
    say(form, '이 브라우저는 패스키를 쓸 수 없습니다. 다른 방법을 쓰세요.');
    for (const b of form.querySelectorAll('button')) b.disabled = true;
    continue;
  }
  for (const part of form.querySelectorAll('[data-passkey-only]')) part.hidden = false;
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    answer(form);
  });
}

async function answer(form) {
  const button = form.querySelector('button');
  if (button.disabled) return;
  button.disabled = true;
  say(form, '');
  try {
    const { publicKey, refused } = await challenge(form.dataset.options);
    if (refused) return say(form, refused);
    const create = form.dataset.passkey === 'create';
    const credential = create
      ? await navigator.credentials.create({ publicKey: forCreate(publicKey) })
      : await navigator.credentials.get({ publicKey: forGet(publicKey) });
    form.elements.response.value = JSON.stringify(written(credential));
    form.submit();
  } catch (e) {
    say(form, why(e));
  } finally {
    button.disabled = false;
  }
}

async function challenge(address) {
  const answer = await fetch(address, { method: 'POST', headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function why(e) {
  switch (e.name) {
    case 'NotAllowedError':
      return '패스키 확인을 그만두었거나 시간이 지났습니다. 다시 누르세요.';
    case 'InvalidStateError':
      return '이미 등록된 패스키입니다. 다른 기기나 보안 키를 쓰세요.';
    case 'SecurityError':
      return '이 주소에서는 패스키를 쓸 수 없습니다. 시스템 관리자가 알려 준 주소로 여세요.';
    default:
      return '패스키를 확인하지 못했습니다. 네트워크를 확인하고 다시 시도하세요.';
  }
}

function say(form, sentence) {
  const place = form.querySelector('[data-passkey-says]');
  place.textContent = sentence;
  place.hidden = !sentence;
}

// The server writes bytes as base64url; the browser's interface wants them raw.

function forCreate(o) {
  return {
    ...o,
    challenge: bytes(o.challenge),
    user: { ...o.user, id: bytes(o.user.id) },
    excludeCredentials: (o.excludeCredentials ?? []).map((c) => ({ ...c, id: bytes(c.id) })),
  };
}

function forGet(o) {
  return {
    ...o,
    challenge: bytes(o.challenge),
    allowCredentials: (o.allowCredentials ?? []).map((c) => ({ ...c, id: bytes(c.id) })),
  };
}

function written(credential) {
  const r = credential.response;
  const response = { clientDataJSON: text(r.clientDataJSON) };
  if (r.attestationObject) {
    response.attestationObject = text(r.attestationObject);
    response.transports = r.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(r.authenticatorData);
    response.signature = text(r.signature);
    if (r.userHandle) response.userHandle = text(r.userHandle);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

function bytes(base64url) {
  const base64 = base64url.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
