// A copy in the making: how far it is, until it is there.

const every = 4000;

/** Asks for the copy that the notice `box` tells of, and opens it when it is there. */
export function awaitCopy(box) {
  const address = box.dataset.making;
  if (!address) return;
  const sentence = box.querySelector('[role="status"]');
  const bar = box.querySelector('progress');
  const ask = async () => {
    if (!box.isConnected) return;
    const answer = await fetch(address).catch(() => null);
    const how = answer?.ok ? await answer.json() : undefined;
    if (how === null) return void location.reload();
    if (how) {
      if (sentence.textContent !== how.sentence) sentence.textContent = how.sentence;
      if (how.percent >= 0) bar.value = how.percent;
      else bar.removeAttribute('value');
    }
    if (!how || how.waiting) setTimeout(ask, every);
    else bar.remove();
  };
  setTimeout(ask, every);
}
