// A session that nobody uses ends. Two minutes before (the institution may set
// it otherwise) the page says so, and one press goes on. When it has ended the
// page is covered, for nobody is known to sit there; what was typed stays
// under the cover and is there again once the same person has signed in.

const often = 10_000; // how often the server is asked while it matters, in ms

/** @param {HTMLElement} body with data-session-left and its fellows (layout.html) */
export function idle(body) {
  const told = body.dataset;
  if (!Number(told.sessionLeft)) return;
  const watch = new Watch({
    left: Number(told.sessionLeft),
    extendable: told.sessionExtendable === 'true',
    account: told.sessionAccount,
    warning: Number(told.sessionWarning),
  });
  watch.begin();
}

class Watch {
  #account;
  #warning; // seconds before the end
  #ends; // by this machine's clock, which may sleep
  #extendable;
  #typed = false;
  #covered = [];
  #dialog;
  #timer;
  #said;

  constructor(session) {
    this.#account = session.account;
    this.#warning = session.warning;
    this.#take(session);
  }

  begin() {
    document.addEventListener('input', (e) => (this.#typed ||= !e.target.closest('[role=search]')));
    // Back from sleep, from another window or from the browser's memory.
    for (const event of ['visibilitychange', 'pageshow', 'focus']) {
      window.addEventListener(event, () => document.hidden || this.#look(), true);
    }
    this.#wait();
  }

  #take({ left, extendable }) {
    this.#ends = Date.now() + left * 1000;
    this.#extendable = extendable;
  }

  get #left() {
    return Math.max(0, Math.ceil((this.#ends - Date.now()) / 1000));
  }

  #wait() {
    clearTimeout(this.#timer);
    const untilWarning = (this.#left - this.#warning) * 1000;
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(untilWarning, 0), 2 ** 31 - 1));
  }

  // The server knows best: another window may have gone on.
  async #look() {
    if (this.#left > this.#warning && !this.#dialog) return this.#wait();
    await this.#ask('GET');
    if (this.#left > this.#warning) this.#close();
    else this.#show();
  }

  async #ask(method) {
    const answer = await fetch('/session', { method, headers: { Accept: 'application/json' } }).catch(() => null);
    if (!answer) return; // the network is away; our own clock goes on
    const session = answer.ok ? await answer.json().catch(() => null) : { left: 0 };
    if (!session) return;
    if (session.left && session.account !== this.#account) location.assign('/'); // somebody else
    this.#take(session);
  }

  #close() {
    this.#dialog?.close();
    this.#dialog?.remove();
    this.#dialog = null;
    this.#cover(false);
    this.#wait();
  }

  #show() {
    this.#dialog ??= this.#made();
    if (this.#left > 0) this.#count();
    else this.#over();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), this.#left > 0 ? 1000 : often);
  }

  // Every second the words, every ten the server.
  #tick() {
    if (this.#left % (often / 1000) === 0) this.#look();
    else this.#show();
  }

  #made() {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('role', 'alertdialog');
    dialog.setAttribute('aria-labelledby', 'idle-title');
    dialog.setAttribute('aria-describedby', 'idle-text');
    dialog.innerHTML =
      '<header><h2 id="idle-title"></h2></header><div class="inner"><p id="idle-text"></p>' +
      '<p class="hidden" role="status"></p></div><footer></footer>';
    // Escape goes on; when it is over there is nothing to go on with.
    dialog.addEventListener('cancel', (e) => {
      e.preventDefault();
      if (this.#left > 0) this.#goOn();
    });
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  #say(title, text) {
    this.#dialog.querySelector('h2').textContent = title;
    this.#dialog.querySelector('#idle-text').textContent = text;
  }

  #count() {
    const left = this.#left;
    const words = inWords(left);
    this.#dialog.dataset.over = 'false';
    if (this.#extendable) {
      this.#say('곧 로그인이 끝납니다', `${words} 뒤에 로그인이 끝납니다. 계속 쓰려면 ‘계속 사용’을 누르세요.`);
      this.#offer([this.#button('계속 사용', () => this.#goOn())]);
    } else {
      this.#say('곧 로그인이 끝납니다', `로그인한 지 오래되어 ${words} 뒤에 끝납니다. 입력하던 것을 저장하고 다시 로그인하세요.`);
      this.#offer([this.#button('알겠습니다', () => this.#dialog.close())]);
    }
    // Read out now and then, not every second.
    if ([60, 30, 10].includes(left) && this.#said !== left) {
      this.#said = left;
      this.#dialog.querySelector('[role=status]').textContent = `${words} 남았습니다.`;
    }
  }

  #over() {
    this.#cover(true);
    if (this.#dialog.dataset.over === 'true') return;
    this.#dialog.dataset.over = 'true';
    if (!this.#dialog.open) this.#dialog.showModal();
    const here = document.querySelector('#theme input[name=back]')?.value ?? '/';
    const back = `/sign-in?next=${encodeURIComponent(here)}`;
    if (this.#typed) {
      this.#say('로그인이 끝났습니다', '입력하던 내용은 이 화면에 그대로 있습니다. 새 창에서 다시 로그인한 뒤 이 창으로 돌아오면 이어서 쓸 수 있습니다.');
      this.#offer([this.#link('새 창에서 로그인', back, '_blank'), this.#link('버리고 로그인', back, '', 'second')]);
    } else {
      this.#say('로그인이 끝났습니다', '쓰지 않는 동안 로그인이 끝났습니다. 다시 로그인하면 이 화면으로 돌아옵니다.');
      this.#offer([this.#link('다시 로그인', back)]);
    }
  }

  // The same buttons are left alone: one of them may have the focus.
  #offer(controls) {
    const footer = this.#dialog.querySelector('footer');
    const words = (list) => [...list].map((c) => c.textContent).join();
    if (words(footer.children) === words(controls)) return;
    footer.replaceChildren(...controls);
    controls[0].focus();
  }

  #button(text, press) {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = text;
    b.addEventListener('click', press);
    return b;
  }

  #link(text, href, target = '', look = '') {
    const a = document.createElement('a');
    a.className = `button ${look}`.trim();
    a.textContent = text;
    a.href = href;
    if (target) a.target = target;
    return a;
  }

  async #goOn() {
    await this.#ask('POST');
    if (this.#left > this.#warning) this.#close();
    else this.#show();
  }

  // Everything but the dialog, names of files in the trail too. What was hidden
  // before stays hidden afterwards.
  #cover(on) {
    if (!on) for (const part of this.#covered.splice(0)) part.hidden = false;
    else if (!this.#covered.length) {
      this.#covered = [...document.body.children].filter((part) => part !== this.#dialog && !part.hidden);
      for (const part of this.#covered) part.hidden = true;
    }
  }
}

function inWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return [minutes && `${minutes}분`, (rest || !minutes) && `${rest}초`].filter(Boolean).join(' ');
}
