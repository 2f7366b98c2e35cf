"use strict";

const maxLines = 5000;
const $ = id => document.getElementById(id);

/** Makes an element; text is always text, never markup. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

let resources = [];
let selected = null;
let logs = null;
let shown = { environment: null, health: null };

function tone(resource) {
  if (resource.health === "Healthy") return "good";
  if (["FailedToStart", "RuntimeUnhealthy"].includes(resource.state)) return "bad";
  return ["Finished", "Exited", "NotStarted", "Active"].includes(resource.state) ? "idle" : "wait";
}

function words(resource) {
  const names = { FailedToStart: "Failed to start", NotStarted: "Not started", Exited: "Stopped", RuntimeUnhealthy: "Unhealthy" };
  const state = names[resource.state] ?? resource.state;
  return resource.health && resource.health !== "Healthy" ? `${state}, not healthy yet` : state;
}

function link(url) {
  const text = url.text || (url.name ? `${url.name} ${new URL(url.url).host}` : url.url);
  return /^https?:/.test(url.url)
    ? make("a", { href: url.url, target: "_blank", rel: "noopener noreferrer" }, text)
    : make("span", { className: "type" }, url.url);
}

async function command(id, name) {
  const answer = await fetch(`/api/resources/${encodeURIComponent(id)}/${name}`, { method: "POST", headers: { "X-Dashboard-Command": "1" } });
  if (!answer.ok) $("summary").textContent = `${name} ${id}: ${await answer.text()}`;
}

function commandButton(resource, name, label, enabled) {
  const button = make("button", { type: "button", disabled: !enabled, ariaLabel: `${label} ${resource.id}` }, label);
  button.addEventListener("click", event => {
    event.stopPropagation();
    button.disabled = true;
    command(resource.id, name);
  });
  return button;
}

function row(resource) {
  const open = make("button", { type: "button", className: "name" }, resource.id);
  const isUp = ["Running", "Starting", "Waiting", "Restarting"].includes(resource.state);
  const commands = make("td", { className: "commands" });
  if (resource.runs) {
    commands.append(
      commandButton(resource, "start", "Start", !isUp && resource.state !== "Stopping"),
      commandButton(resource, "stop", "Stop", isUp),
      commandButton(resource, "restart", "Restart", isUp));
  }
  const line = make("tr", {},
    make("td", {}, open, make("span", { className: "type" }, resource.type)),
    make("td", {}, make("span", { className: `state ${tone(resource)}` }, words(resource)), ...(resource.reason ? [make("div", { className: "reason" }, resource.reason)] : [])),
    make("td", { className: "urls" }, ...resource.urls.map(link)),
    make("td", { className: "when" }, resource.started && isUp ? new Date(resource.started).toLocaleTimeString() : ""),
    commands);
  line.dataset.id = resource.id;
  line.ariaSelected = resource.id === selected;
  line.addEventListener("click", event => { if (!event.target.closest("a")) select(resource.id); });
  return line;
}

function render() {
  const focused = document.activeElement?.closest?.("tr")?.dataset.id;
  const visible = resources.filter(resource => resource.type !== "Parameter");
  $("resources").replaceChildren(...visible.map(row));
  if (focused) $("resources").querySelector(`tr[data-id="${CSS.escape(focused)}"] .name`)?.focus();
  const healthy = visible.filter(resource => resource.health === "Healthy").length;
  $("summary").textContent = `${healthy} of ${visible.length} healthy`;
  renderDetail();
}

function renderDetail() {
  const resource = resources.find(candidate => candidate.id === selected);
  if (!resource) return;
  fill("variables", "environment", resource.environment, variable =>
    [variable.name, variable.value === null ? make("span", { className: "masked", title: "Secret" }, "••••••••") : variable.value], "No variables.");
  fill("checks", "health", resource.checks, check => [check.name, `${check.status ?? "Unknown"}${check.description ? `: ${check.description}` : ""}`], "No health checks: healthy while it runs.");
}

/** Rebuilds a table only when its content changed, so that a selection of text in it survives. */
function fill(target, key, items, cells, nothing) {
  const content = JSON.stringify([selected, items]);
  if (shown[key] === content) return;
  shown[key] = content;
  $(target).replaceChildren(...(items.length
    ? items.map(item => { const [name, value] = cells(item); return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)); })
    : [make("tr", {}, make("td", { className: "empty" }, nothing))]));
}

function select(id) {
  if (selected === id) return;
  selected = id;
  $("detail").hidden = id === null;
  logs?.close();
  $("lines").replaceChildren();
  for (const line of $("resources").children) line.ariaSelected = line.dataset.id === id;
  if (id === null) return;
  $("detail-name").textContent = id;
  renderDetail();
  logs = new EventSource(`/api/resources/${encodeURIComponent(id)}/logs`);
  logs.addEventListener("open", () => $("lines").replaceChildren());
  logs.addEventListener("message", event => append(JSON.parse(event.data)));
}

function append(batch) {
  const panel = $("panel-logs");
  const follows = panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 8;
  const wanted = $("filter").value.toLowerCase();
  $("lines").append(...batch.map(line => {
    const item = make("li", { className: line.isError ? "error" : "", hidden: !line.text.toLowerCase().includes(wanted) }, line.text);
    item.dataset.line = line.line;
    return item;
  }));
  while ($("lines").childElementCount > maxLines) $("lines").firstElementChild.remove();
  if (follows) panel.scrollTop = panel.scrollHeight;
}

function show(tab) {
  for (const other of document.querySelectorAll("[role=tab]")) {
    other.ariaSelected = other === tab;
    other.tabIndex = other === tab ? 0 : -1;
    $(other.getAttribute("aria-controls")).hidden = other !== tab;
  }
  $("filter").parentElement.hidden = tab.id !== "tab-logs";
}

const tabs = [...document.querySelectorAll("[role=tab]")];
tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
});
$("close").addEventListener("click", () => select(null));
$("filter").addEventListener("input", () => {
  const wanted = $("filter").value.toLowerCase();
  for (const item of $("lines").children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
});
document.addEventListener("keydown", event => { if (event.key === "Escape") select(null); });

const updates = new EventSource("/api/resources");
updates.addEventListener("open", () => { $("connection").hidden = true; });
updates.addEventListener("error", () => { $("connection").hidden = false; });
updates.addEventListener("message", event => { resources = JSON.parse(event.data); render(); });
