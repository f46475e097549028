// Passkeys: between the browser's own dialogue and our JSON. Everything else on these pages works without a script.
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

class Refused extends Error {}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "same-origin",
    redirect: "error",
  });
  const answer = await response.json();
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
  place.textContent = known ? error.message : "Your device did not show a passkey. Try again.";
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

for (const form of document.querySelectorAll("form[data-action]")) {
  onSubmit(form, async () => {
    const { action, subject } = form.dataset;
    const passkey = await show(await post("/people/step-up", { action, subject }));
    form.elements.passkey.value = JSON.stringify(passkey);
    form.submit();
  });
}
