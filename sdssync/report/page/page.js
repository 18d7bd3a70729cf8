"use strict";
(() => {
  const form = document.getElementById("filters");
  const words = document.getElementById("words");
  const year = document.getElementById("year");
  const subject = document.getElementById("subject");
  const only = document.getElementById("only");
  const found = document.getElementById("found");
  const MOST_OPENED = 20;
  const collator = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" });

  // The rows of each part, with the texts in which words are looked for; they are read at the first search.
  const parts = Array.from(document.querySelectorAll("details.part"), (element) => ({
    element,
    rows: Array.from(element.querySelectorAll("[data-row]"), (row) => ({ element: row, texts: null })),
    wasOpen: element.open,
  }));
  const total = parts.reduce((sum, part) => sum + part.rows.length, 0);
  let isFiltered = false;
  let revealed = [];

  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  }

  // Of a class its own line and each member are texts of their own: all words have to be in one of them.
  function textsOf(row) {
    row.texts ??= [lineOf(row.element), ...Array.from(row.element.querySelectorAll("li"), (item) => item.textContent)]
      .map(plain);
    return row.texts;
  }

  function lineOf(element) {
    if (element.matches("tbody")) {
      return element.rows[0].textContent;
    }
    const members = element.querySelector(".members");
    return members ? element.textContent.replace(members.textContent, () => " ") : element.textContent;
  }

  function hasAll(text, wanted) {
    return wanted.every((word) => text.includes(word));
  }

  function matches(row, wanted) {
    const data = row.element.dataset;
    return (!year.value || data.year === year.value)
      && (!subject.value || data.subject === subject.value)
      && (!only.value || (only.value === "todo" ? "todo" in data : (data.change ?? "").split(" ").includes(only.value)))
      && (!wanted.length || textsOf(row).some((text) => hasAll(text, wanted)));
  }

  // While something is looked for, only parts with such rows are shown, and they are open; then all is as it was.
  function showPart(part, number, wantsAll) {
    if (!isFiltered) {
      part.wasOpen = part.element.open;
    }
    part.element.hidden = !wantsAll && number === 0;
    part.element.open = wantsAll ? part.wasOpen : true;
  }

  // Members are shown where a class is found by them and not by its own line; who was found is marked.
  function showMembers(row, wanted) {
    const members = row.element.querySelector(".members details");
    const [line, ...people] = textsOf(row);
    if (!members || members.open || hasAll(line, wanted)) {
      return;
    }
    members.querySelectorAll("li").forEach((person, index) => {
      person.classList.toggle("hit", hasAll(people[index], wanted));
    });
    members.open = true;
    revealed.push(members);
  }

  function hideMembers() {
    for (const members of revealed) {
      members.open = false;
      members.querySelectorAll(".hit").forEach((person) => person.classList.remove("hit"));
    }
    revealed = [];
  }

  function filter() {
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    const wantsAll = !wanted.length && !year.value && !subject.value && !only.value;
    let number = 0;
    const shown = [];
    hideMembers();
    for (const part of parts) {
      let inPart = 0;
      for (const row of part.rows) {
        const isShown = wantsAll || matches(row, wanted);
        row.element.hidden = !isShown;
        inPart += isShown ? 1 : 0;
        if (isShown && shown.length < MOST_OPENED) {
          shown.push(row);
        }
      }
      showPart(part, inPart, wantsAll);
      number += inPart;
    }
    for (const profile of document.querySelectorAll(".profile")) {
      profile.hidden = !profile.querySelector(".part:not([hidden])");
    }
    document.body.classList.toggle("filtered", !wantsAll);
    isFiltered = !wantsAll;
    if (wanted.length && number <= MOST_OPENED) {
      shown.forEach((row) => showMembers(row, wanted));
    }
    found.textContent = `${number.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} rows`;
  }

  function valueOf(block, column) {
    const row = block.matches("tr") ? block : block.rows[0];
    const text = row.cells[column].textContent.trim();
    return /^[\d,]+$/.test(text) ? text.replaceAll(",", "") : text;
  }

  // What is empty stays at the end, in both directions.
  function compare(one, other, direction) {
    if (!one || !other) {
      return Number(!one) - Number(!other);
    }
    return direction * collator.compare(one, other);
  }

  function sort(table, header) {
    const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) {
      other.removeAttribute("aria-sort");
    }
    header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
    const isInBlocks = table.classList.contains("classes");
    const blocks = isInBlocks ? Array.from(table.tBodies) : Array.from(table.tBodies[0].rows);
    const sorted = blocks
      .map((block) => ({ block, value: valueOf(block, header.cellIndex) }))
      .sort((one, other) => compare(one.value, other.value, direction));
    (isInBlocks ? table : table.tBodies[0]).append(...sorted.map(({ block }) => block));
  }

  function makeSortable(table) {
    for (const header of table.tHead.querySelectorAll("th")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header));
      header.append(button);
    }
  }

  // Browsers that cannot print closed parts by style alone get them opened, and closed again.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    opened.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; });
    opened = [];
  });

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  filter();
})();
