// The desk's part in the browser: Chinese for what Fava prints in English, the sidebar's own links inside
// Fava's router, and a look each second whether a batch was posted. No figure is computed here.

const WORDS = new Map(Object.entries({
  Assets: "资产", Liabilities: "负债", Equity: "权益", Income: "收入", Expenses: "支出",
  Open: "开户", Close: "销户", Transaction: "凭证", Balance: "对账", Note: "备注", Document: "附件",
  Pad: "补齐", Query: "查询", Custom: "自定义", Bal: "对账", Doc: "附件", F: "标",
  净利润: "收支结余", 净值: "净资产", account: "科目", "count(account)": "笔数",
}));
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const FULL = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];
const PLACES = "svg text, a.account, header h1 a, .journal .flag, article button, article th, article h2, article h3";

function chinese(text) {
  const plain = text.trim();
  if (WORDS.has(plain)) return WORDS.get(plain);
  const month = /^([A-Z][a-z]{2}) (\d{4})$/.exec(plain);
  if (month && MONTHS.includes(month[1])) return `${month[2]}年${MONTHS.indexOf(month[1]) + 1}月`;
  if (FULL.includes(plain)) return `${FULL.indexOf(plain) + 1}月`;
  const day = /^([A-Z][a-z]{2}) (\d{2})$/.exec(plain);
  if (day) return MONTHS.includes(day[1]) ? `${MONTHS.indexOf(day[1]) + 1}月${Number(day[2])}日` : `${Number(day[2])}日`;
  const event = /^(?:事件：)?(rule|suspension-[a-z]+)$/.exec(plain);
  if (event) return event[1] === "rule" ? "采用管理办法" : `熔断状态（${event[1].slice(11)}）`;
  const failed = /^Loading (.*) failed with error:$/.exec(plain);
  if (failed) return `打不开 ${failed[1]}：`;
  const short = /^([−-]?)(\d+(?:\.\d+)?)(k|M|G)$/.exec(plain);
  if (short) {
    const power = { k: 3, M: 6, G: 9 }[short[3]];
    const [unit, word] = power >= 8 ? [8, "亿"] : [4, "万"];
    const digits = shift(short[2], power - unit);
    return `${short[1]}${digits}${word}`;
  }
  return null;
}

// Move a decimal point in text: amounts never become floating-point numbers.
function shift(digits, places) {
  const [whole, part = ""] = digits.split(".");
  const all = whole + part;
  const point = whole.length + places;
  const padded = point <= 0 ? "0".repeat(1 - point) + all : all.padEnd(point, "0");
  const at = Math.max(point, 1);
  const rest = padded.slice(at).replace(/0+$/, "");
  return padded.slice(0, at) + (rest ? `.${rest}` : "");
}

function translate(root) {
  for (const element of root.querySelectorAll(PLACES)) {
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      const word = chinese(node.data);
      if (word !== null && word !== node.data) node.data = word;
    }
  }
}

const HOME = /^\/riskpool\/pool\//;

function mark() {
  const path = decodeURI(location.pathname);
  document.documentElement.classList.toggle("desk-page", HOME.test(path));
  const address = path + (path.endsWith("/journal/") ? decodeURIComponent(location.search) : "");
  for (const link of document.querySelectorAll('aside a[href^="/riskpool/"]')) {
    const href = decodeURIComponent(link.getAttribute("href"));
    if (!link.hasAttribute("data-remote") && !link.dataset.desk) continue;
    link.removeAttribute("data-remote"); // let Fava's router load it in place
    link.dataset.desk = "1";
    const one = href.replace(/pool\/(loan|case|voucher)s\/$/, "pool/$1/").replace(/pool\/files\/$/, "pool/source/");
    const on = href === address || (one !== href && address.startsWith(one));
    link.classList.toggle("selected", on);
  }
}

let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    translate(document.body);
    mark();
  });
}).observe(document.body, { childList: true, subtree: true, characterData: true });
mark();

// The journal's amounts stand in its postings: show them until the officer chooses otherwise. This module
// runs before Fava's, which reads the choice once.
if (localStorage.getItem("fava-journal-show") === null) {
  localStorage.setItem("fava-journal-show", JSON.stringify(["balance", "cleared", "document", "note", "pending", "postings", "transaction"]));
}

// Fava's statements add up money and memo quantities side by side: without a filter, show money.
addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!link || link.origin !== location.origin) return;
  const address = new URL(link.href);
  if (!/\/(income_statement|balance_sheet|trial_balance)\/$/.test(address.pathname)) return;
  if (!address.searchParams.get("filter")) address.searchParams.set("filter", "#voucher");
  // A map of coloured areas above a trial balance only hides it.
  if (address.pathname.endsWith("/trial_balance/")) address.searchParams.set("charts", "false");
  else address.searchParams.delete("charts");
  link.href = address.pathname + address.search;
}, true);

let seen = null;
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/riskpool/pool/version", { cache: "no-store" });
    if (!answer.ok) return;
    const { version } = await answer.json();
    if (seen !== null && version !== seen) document.querySelector(".reload-page")?.click();
    seen = version;
  } catch {
    // The server is being restarted: the next look tells.
  }
}
setInterval(look, 1000);
look();
