// The entry of a widget: fetches the programs of the views from the kernel and hands them the
// element. It is all of them that a notebook's file keeps.

const FIRST_PATIENCE = 250; // milliseconds; a widget's first message may be lost

/** The programs that this page has by now, by their stamp: they are sent once a page. */
const kept = (globalThis.assetbookPrograms ??= {});

/** What the kernel greets with; asks again, less and less often, until it is answered. */
function greeted(model) {
  const id = `hello-${Math.random().toString(36).slice(2)}`;
  const given = { known: Object.keys(kept) };
  return new Promise((resolve, reject) => {
    let timer;
    let patience = FIRST_PATIENCE;
    const ask = () => {
      model.send({ id, ask: "hello", given });
      timer = setTimeout(ask, patience);
      patience = Math.min(patience * 2, 4000);
    };
    const answered = (message) => {
      if (message.id !== id) return;
      clearTimeout(timer);
      model.off("msg:custom", answered);
      message.error ? reject(new Error(message.error[1])) : resolve(message.value);
    };
    model.on("msg:custom", answered);
    ask();
  });
}

/** The address of each program, made once a page; imports of others are addresses, too. */
function addressOf(name, programs, made) {
  made[name] ??= URL.createObjectURL(
    new Blob(
      [
        programs[name].replace(
          /from "\.\/([\w-]+\.js)"/g,
          (_, other) => `from "${addressOf(other, programs, made)}"`,
        ),
      ],
      { type: "text/javascript" },
    ),
  );
  return made[name];
}

/** Keeps `el` out of sight beside its still picture; gives back what swaps the two. */
function swapped(el, still) {
  const style = document.createElement("style");
  Object.assign(el.style, { visibility: "hidden", height: "0", overflow: "hidden" });
  return () => {
    Object.assign(el.style, { visibility: "", height: "", overflow: "" });
    style.textContent = `.${CSS.escape(still)} { display: none }`;
    if (!style.isConnected) el.append(style);
  };
}

async function render({ model, el }) {
  el.classList.add("assetbook-widget");
  const greeting = await greeted(model);
  const { programs, made } = (kept[greeting.stamp] ??= { programs: greeting.programs, made: {} });
  const { mount } = await import(addressOf("main.js", programs, made));
  const carrier = {
    send: (message) => model.send(message),
    listen: (told) => {
      const take = (message) => told(message);
      model.on("msg:custom", take);
      return () => model.off("msg:custom", take);
    },
  };
  const onShown = model.get("still") ? swapped(el, model.get("still")) : undefined;
  return mount({ el, carrier, greeting, view: model.get("view"), given: model.get("given"), onShown });
}

export default { render };
