"use strict";
/* Passkeys: the only part of signing in that needs a script, for only a script can ask the device.
   A form with data-passkey asks its question (data-question), has the device answer, puts the answer
   into its field "passkey" and is sent. data-passkey says what: "create" or "get". */
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const creation = (question) => ({
    ...question,
    challenge: bytes(question.challenge),
    user: { ...question.user, id: bytes(question.user.id) },
    excludeCredentials: question.excludeCredentials.map((each) => ({ ...each, id: bytes(each.id) })),
  });
  const request = (question) => ({
    ...question,
    challenge: bytes(question.challenge),
    allowCredentials: question.allowCredentials.map((each) => ({ ...each, id: bytes(each.id) })),
  });

  const answered = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: credential.response.attestationObject
      ? {
          clientDataJSON: text(credential.response.clientDataJSON),
          attestationObject: text(credential.response.attestationObject),
          transports: credential.response.getTransports?.() ?? [],
        }
      : {
          clientDataJSON: text(credential.response.clientDataJSON),
          authenticatorData: text(credential.response.authenticatorData),
          signature: text(credential.response.signature),
          userHandle: credential.response.userHandle ? text(credential.response.userHandle) : null,
        },
  });

  const ask = async (form) => {
    const answer = await fetch(form.dataset.question, {
      method: "POST",
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(`The question was answered with ${answer.status}.`);
    const question = await answer.json();
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: creation(question) })
      : navigator.credentials.get({ publicKey: request(question) });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.closest("[data-needs-passkey]").hidden = false;
    for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = true;
    const told = form.querySelector("[role=status]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      told.textContent = form.dataset.asking;
      try {
        form.elements.passkey.value = JSON.stringify(answered(await ask(form)));
      } catch {
        /* Refused, timed out, or away: the person can try again or sign in another way. */
        told.textContent = form.dataset.failed;
        return;
      }
      told.textContent = "";
      HTMLFormElement.prototype.submit.call(form);
    });
  }
})();
