// The dashboards as a page of their own: the same views, over a web socket.
import { mount } from "./main.js";
import { h } from "./dom.js";

const AGAIN = 1000; // milliseconds until a lost connection is tried again

/** A socket as views use it; what is said before it is open waits. */
function carrierOf(socket) {
  const told = new Set();
  const early = [];
  socket.addEventListener("open", () => early.splice(0).forEach((each) => socket.send(each)));
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    for (const each of [...told]) each(message);
  });
  return {
    send: (message) => {
      const text = JSON.stringify(message);
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else if (socket.readyState === WebSocket.CONNECTING) early.push(text);
    },
    listen: (listener) => {
      told.add(listener);
      return () => told.delete(listener);
    },
  };
}

function greeted(carrier) {
  return new Promise((resolve) => {
    const stop = carrier.listen((message) => {
      if (message.id !== "hello") return;
      stop();
      resolve(message.value);
    });
    carrier.send({ id: "hello", ask: "hello", given: { served: true } }); // it has the programs
  });
}

/** What the address says is open: `#asset?key=orders`; null if nothing. */
function fromAddress() {
  const [name, said = ""] = location.hash.slice(1).split("?");
  return name ? { name, what: Object.fromEntries(new URLSearchParams(said)) } : null;
}

/** Writes into the address what is open, so that it can be kept, sent, and gone back to. */
function toAddress(name, what) {
  const plain = Object.entries(what).filter(([, value]) => typeof value === "string");
  const said = new URLSearchParams(plain).toString();
  const hash = `#${name}${said ? `?${said}` : ""}`;
  if (location.hash !== hash) history.pushState(null, "", hash);
}

/** Says on top that what is below is as it was, and lets nobody press anything in it. */
function tellLost(el) {
  const style = { font: "600 13px system-ui, sans-serif", margin: "0 2px 8px" };
  const said = "The connection is lost: this is how it was. It is tried again.";
  for (const each of el.children) Object.assign(each, { inert: true }).style.opacity = "0.6";
  el.prepend(h("p", { role: "alert", style }, said));
}

async function show(el) {
  const socket = new WebSocket(`ws://${location.host}/socket`);
  const carrier = carrierOf(socket);
  const greeting = await greeted(carrier);
  const leave = mount({ el, carrier, greeting, begun: fromAddress(), onOpen: toAddress });
  const again = () => {
    const at = fromAddress();
    if (at) leave.open(at.name, at.what);
  };
  addEventListener("popstate", again);
  socket.addEventListener("close", () => {
    removeEventListener("popstate", again);
    leave();
    tellLost(el);
    const retry = () => fetch("/").then(() => location.reload(), () => setTimeout(retry, AGAIN));
    setTimeout(retry, AGAIN);
  });
}

show(document.getElementById("dashboard"));
