// Passkeys: between the browser's own dialogue and our JSON. And forms keep what was typed when
// they are refused, the session ended or the line broke. And the hash of a file. And what is left open goes from the
// screen. Everything else works without a script.
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Carries what to show: texts, or parts of a page of ours.
class Refused extends Error {
  constructor(...parts) {
    super();
    this.parts = parts;
  }
}

async function sent(path, kind, body, read) {
  try {
    const headers = { "Content-Type": kind };
    const response = await fetch(path, { method: "POST", headers, body, credentials: "same-origin", redirect: "error" });
    return [response, await response[read]()];
  } catch {
    throw new Refused("The gateway did not answer. Look at your connection, and try again.");
  }
}

async function post(path, body) {
  const [response, answer] = await sent(path, "application/json", JSON.stringify(body), "json");
  if (!response.ok) throw new Refused(answer.sentence);
  return answer;
}

function credential(made, response) {
  return { id: made.id, rawId: toText(made.rawId), type: made.type, response };
}

async function show(options) {
  const found = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: (options.allowCredentials || []).map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return credential(found, {
    clientDataJSON: toText(clientDataJSON),
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: [],
    },
  });
  const { clientDataJSON, attestationObject } = made.response;
  return credential(made, { clientDataJSON: toText(clientDataJSON), attestationObject: toText(attestationObject) });
}

function tell(error) {
  const place = document.getElementById("problem");
  const known = error instanceof Refused;
  place.replaceChildren(...(known ? error.parts : ["Your device did not show a passkey. Try again."]));
  place.hidden = false;
  place.focus();
}

function onSubmit(form, work) {
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await work(form);
    } catch (error) {
      button.disabled = false;
      tell(error);
    }
  });
}

function paragraph(...parts) {
  const made = document.createElement("p");
  made.append(...parts);
  return made;
}

function signIn() {
  const link = document.createElement("a");
  Object.assign(link, { href: "/people/sign-in", target: "_blank", rel: "noopener", textContent: "another tab" });
  return paragraph("Sign in in ", link, ", then come back here and send it again.");
}

// Sends a form without leaving it, so that a refusal finds it as it was typed; what is answered takes its place.
async function keep(form) {
  const body = new URLSearchParams(new FormData(form)).toString();
  const kept = paragraph("What you typed is still here.");
  const [response, text] = await sent(form.getAttribute("action"), "application/x-www-form-urlencoded", body, "text")
    .catch((error) => { throw new Refused(...error.parts, kept); });
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.getElementById("main");
  if (!response.ok) {
    const said = main ? main.querySelector("[role=alert]:not([hidden])").childNodes : ["The gateway cannot do this now."];
    throw new Refused(...said, kept, ...(response.status === 401 ? [signIn()] : []));
  }
  document.title = page.title;
  document.getElementById("main").replaceWith(document.adoptNode(main));
  bind(main);
  main.tabIndex = -1;
  main.focus();
  scrollTo(0, 0);
}

// Shows the passkey for what the page says, and sends both.
async function approve(form) {
  const { action, subject } = form.dataset;
  const passkey = await show(await post("/people/step-up", { action, subject }));
  form.elements.passkey.value = JSON.stringify(passkey);
  form.submit();
}

// Works a file's hash out where it lies; without a script there is only the field to fill.
function hash(place) {
  place.hidden = false;
  place.querySelector("input").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    document.getElementById(place.dataset.hashes).value = hex;
  });
}

function away(said) {
  const link = Object.assign(document.createElement("a"), { href: "/people", textContent: "Begin again" });
  document.getElementById("main").replaceChildren(paragraph(said, " ", link, "."));
}

// For a page, and for each that takes its place.
function bind(page) {
  for (const form of page.querySelectorAll("form[data-keep]")) onSubmit(form, keep);
  for (const form of page.querySelectorAll("form[data-action]")) onSubmit(form, approve);
  for (const place of page.querySelectorAll("[data-hashes]")) hash(place);
  const main = document.getElementById("main");
  const over = () => { if (main.isConnected) away("This page was left open for too long."); };
  if (main.dataset.ends) setTimeout(over, 1000 * Number(main.dataset.ends));
}

bind(document);

// Whoever signs out on one page leaves nothing on the screen on another.
const leaving = document.querySelector("form[action='/people/sign-out']");
if (leaving) {
  const seats = new BroadcastChannel("seats");
  seats.onmessage = () => away("You signed out on another page.");
  leaving.addEventListener("submit", () => seats.postMessage("out"));
}

const enrolling = document.getElementById("enrol");
if (enrolling && location.hash.length > 1) {
  enrolling.elements.link.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname); // The code stays out of the browser's history.
}

onSubmit(enrolling, async (form) => {
  const link = form.elements.link.value.trim();
  const passkey = await make(await post("/people/enrol/options", { link }));
  location.assign((await post("/people/enrol", { link, passkey })).go);
});

onSubmit(document.getElementById("sign-in"), async () => {
  const passkey = await show(await post("/people/sign-in/options", {}));
  location.assign((await post("/people/sign-in", { passkey })).go);
});
