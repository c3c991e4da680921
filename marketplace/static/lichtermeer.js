"use strict";
/* Enhancements only: every page works without this file.
   1. Suggestions for inputs with data-suggest (a combobox).
   2. Filter forms with data-auto refresh their results when a box is ticked.
   3. The contents list marks the section being read.
   4. Filters are folded on narrow screens, open on wide ones (where CSS cannot do it).
   5. Drafts save themselves; a lost connection loses nothing. */
(() => {
  const SHORTEST = 2;
  const DELAY = 200;
  const MOST = 8;

  /* ---------- 1. Suggestions ---------- */

  class Suggestions {
    constructor(input) {
      this.input = input;
      this.list = document.createElement("div");
      this.list.className = "lm-suggestions";
      this.list.id = `${input.id}-suggestions`;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
      this.list.hidden = true;
      this.status = document.createElement("p");
      this.status.className = "lm-hidden";
      this.status.setAttribute("role", "status");
      input.after(this.list, this.status);
      for (const [name, value] of Object.entries({
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.list.id,
      })) input.setAttribute(name, value);
      input.addEventListener("input", () => this.later());
      input.addEventListener("keydown", (event) => this.key(event));
      input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.take(option);
      });
    }

    get options() {
      return [...this.list.querySelectorAll("[role=option]")];
    }

    get active() {
      return this.list.querySelector("[aria-selected=true]");
    }

    later() {
      clearTimeout(this.timer);
      this.request?.abort();
      const text = this.input.value.trim();
      if (text.length < SHORTEST) this.close();
      else this.timer = setTimeout(() => this.ask(text), DELAY);
    }

    async ask(text) {
      this.request = new AbortController();
      const address = new URL(this.input.dataset.suggest, location.href);
      address.searchParams.set(this.input.name, text);
      try {
        const answer = await fetch(address, {
          headers: { "HX-Request": "true" },
          signal: this.request.signal,
        });
        if (answer.ok) this.show(await answer.text());
        else this.close();
      } catch (error) {
        /* An aborted request has a successor; a broken network leaves the plain search. */
        if (error.name !== "AbortError") this.close();
      }
    }

    show(html) {
      this.list.innerHTML = html;
      this.options.slice(MOST).forEach((option) => option.remove());
      this.options.forEach((option, index) => {
        option.id ||= `${this.list.id}-${index}`;
        option.setAttribute("aria-selected", "false");
      });
      const number = this.options.length;
      this.list.hidden = number === 0;
      this.input.setAttribute("aria-expanded", String(number > 0));
      this.input.removeAttribute("aria-activedescendant");
      const { suggestCount, suggestNone } = this.input.dataset;
      this.status.textContent = number ? suggestCount.replace("#", number) : suggestNone;
    }

    close() {
      clearTimeout(this.timer);
      this.request?.abort();
      this.list.hidden = true;
      this.list.replaceChildren();
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = "";
    }

    move(step) {
      const { options, active } = this;
      /* Without an active option, down means the first and up means the last. */
      const from = active ? options.indexOf(active) : step > 0 ? -1 : 0;
      const option = options.at((from + step) % options.length);
      active?.setAttribute("aria-selected", "false");
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    }

    take(option) {
      const link = option.querySelector("a[href]");
      const href = option.dataset.href ?? link?.getAttribute("href");
      if (href) {
        location.assign(href);
        return;
      }
      this.input.value = option.dataset.value ?? option.textContent.trim();
      this.close();
      this.input.form?.requestSubmit();
    }

    key(event) {
      if (this.list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      } else if (event.key === "Enter" && this.active) {
        event.preventDefault();
        this.take(this.active);
      }
    }
  }

  /* ---------- 2. Filters ---------- */

  /* The form names what it refreshes: data-auto="#results". Focus stays where it is; the new
     number of hits is announced by the permanent #result-status. */
  const refresh = async (form, state) => {
    state.request?.abort();
    state.request = new AbortController();
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form)).toString();
    const results = document.querySelector(form.dataset.auto);
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: state.request.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(form.dataset.auto);
      if (!answer.ok || !fresh) throw new Error(`No results in the answer ${answer.status}`);
      results.replaceChildren(...fresh.childNodes);
      copyCounts(page, form);
      const status = document.getElementById("result-status");
      const said = page.getElementById("result-status");
      if (status && said) status.textContent = said.textContent;
      history.replaceState(null, "", address);
      results.removeAttribute("aria-busy");
    } catch (error) {
      /* What cannot be refreshed in place is asked for as a page, which shows its own error. */
      if (error.name !== "AbortError") location.assign(address);
    }
  };

  const copyCounts = (page, form) => {
    const summary = form.querySelector(".lm-filters > summary");
    const freshSummary = page.querySelector(".lm-filters > summary");
    if (summary && freshSummary) summary.textContent = freshSummary.textContent;
    for (const box of form.querySelectorAll("input[type=checkbox][id]")) {
      const count = box.parentElement.querySelector(".lm-facet-count");
      const fresh = page.getElementById(box.id)?.parentElement.querySelector(".lm-facet-count");
      if (count && fresh && page.getElementById(box.id).value === box.value) {
        count.replaceChildren(...fresh.childNodes);
      }
    }
  };

  const watchFilters = (form) => {
    const state = {};
    form.addEventListener("change", (event) => {
      if (event.target.matches("input[type=checkbox], input[type=radio], select")) {
        refresh(form, state);
      }
    });
  };

  /* ---------- 3. Contents list ---------- */

  const watchContents = (list) => {
    const links = new Map(
      [...list.querySelectorAll("a[href^='#']")].map((link) => [link.hash.slice(1), link]),
    );
    const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const mark = () => {
      const passed = sections.filter((section) => section.getBoundingClientRect().top < 160);
      const current = passed.at(-1) ?? sections[0];
      for (const [id, link] of links) {
        if (id === current?.id) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", mark, { passive: true });
    mark();
  };

  /* ---------- 4. Folding ---------- */

  const wide = matchMedia("(min-width: 1120px)");
  const fold = () => {
    for (const filters of document.querySelectorAll("[data-filters]")) filters.open = wide.matches;
  };

  /* ---------- 5. Drafts ---------- */

  const EVERY = 20000;
  const AGAIN = 5000;
  const PATIENCE = 15000;

  /* A form with data-autosave sends itself every 20 seconds and when a field is left, if anything
     changed. The button first saves in the same way and only then leaves the page, so that a lost
     connection is met here, where the text still stands, and not on a page of the browser's. */
  class Autosave {
    constructor(form) {
      this.form = form;
      this.state = form.querySelector("[data-save-state]");
      this.saving = null;
      this.leaving = false;
      this.stopped = false;
      this.sent = this.content();
      form.addEventListener("input", () => this.say("unsaved"));
      form.addEventListener("focusout", () => this.save());
      form.addEventListener("submit", (event) => this.submit(event));
      addEventListener("online", () => this.save());
      addEventListener("pageshow", (event) => {
        /* A page kept by the browser may be older than what is saved. */
        if (event.persisted && !this.changed) location.reload();
      });
      addEventListener("beforeunload", (event) => {
        if (!this.leaving && this.changed) event.preventDefault();
      });
      this.timer = setInterval(() => this.save(), EVERY);
    }

    content() {
      const data = new FormData(this.form);
      data.delete("revision");
      return new URLSearchParams(data).toString();
    }

    get changed() {
      return this.content() !== this.sent;
    }

    say(key, text) {
      if (key === "unsaved" && !this.changed) return;
      this.state.dataset.kind = key;
      const said = text ?? this.form.dataset[key];
      if (this.state.textContent !== said) this.state.textContent = said;
    }

    /* Answers "saved", "same", "offline" or "page": only a page of the server's can go on. */
    save() {
      this.saving ??= this.send().finally(() => {
        this.saving = null;
      });
      return this.saving;
    }

    async send() {
      if (this.stopped) return "page";
      if (!this.changed) return "same";
      clearTimeout(this.retry);
      const content = this.content();
      const body = new URLSearchParams(new FormData(this.form));
      try {
        const answer = await fetch(this.form.action, {
          method: "POST",
          body,
          headers: { Accept: "application/json" },
          signal: AbortSignal.timeout(PATIENCE),
        });
        if (answer.ok) return this.take(await answer.json(), content);
        return this.refuse(answer.status);
      } catch {
        this.say("offline");
        this.retry = setTimeout(() => this.save(), AGAIN);
        return "offline";
      }
    }

    take(told, content) {
      this.form.elements.revision.value = told.revision;
      this.sent = content;
      this.say(told.complete ? "saved" : "incomplete", told.text);
      for (const list of this.form.querySelectorAll("[data-hints]")) {
        const hints = told.hints[list.dataset.hints] ?? [];
        if (hints.join("\n") === [...list.children].map((each) => each.textContent).join("\n")) continue;
        list.replaceChildren(
          ...hints.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
        );
      }
      return told.complete ? "saved" : "page";
    }

    refuse(status) {
      if (status >= 500) {
        this.say("failed");
        this.retry = setTimeout(() => this.save(), AGAIN);
        return "offline";
      }
      this.stopped = status === 409;
      this.say(status === 409 ? "crossed" : status === 403 ? "refused" : "failed");
      return status === 403 ? "offline" : "page";
    }

    async submit(event) {
      if (this.leaving) return;
      event.preventDefault();
      const button = event.submitter;
      await this.saving;
      const how = await this.save();
      if (how === "offline") {
        this.state.scrollIntoView({ block: "nearest" });
        return;
      }
      this.leaving = true;
      /* A form submits nothing while its submit event is still being told to others. */
      await new Promise((resolve) => setTimeout(resolve));
      this.form.requestSubmit(button);
      /* Whoever comes back by "back" or stops the loading goes on writing. */
      setTimeout(() => {
        this.leaving = false;
      }, PATIENCE);
    }
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
  for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
  for (const form of document.querySelectorAll("form[data-auto]")) watchFilters(form);
  for (const list of document.querySelectorAll("[data-contents]")) watchContents(list);
  wide.addEventListener("change", fold);
  fold();

  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
})();
