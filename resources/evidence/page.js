// The evidence pack's own program: it reads the very text of the document it stands in, checks it, and plays the
// recording. It asks for nothing from anywhere. Whole lines of comments are taken out when a pack is made and lines are
// joined, so that every statement ends with a semicolon and no comment stands behind code.
(function () {
  "use strict";
  const root = document.documentElement;
  const captured = "<!DOCTYPE html>" + document.head.innerHTML;
  root.dataset.runs = "yes";

  // SHA-256 (FIPS 180-4): crypto.subtle is not there on every page that is opened from a disk.
  const K = new Uint32Array(64);
  const H0 = new Uint32Array(8);
  (function () {
    let found = 0;
    for (let n = 2; found < 64; n += 1) {
      let prime = true;
      for (let d = 2; d * d <= n; d += 1) { if (n % d === 0) { prime = false; break; } }
      if (prime) {
        K[found] = Math.floor((Math.cbrt(n) % 1) * 4294967296);
        if (found < 8) { H0[found] = Math.floor((Math.sqrt(n) % 1) * 4294967296); }
        found += 1;
      }
    }
  })();
  const W = new Uint32Array(64);

  function rounds(h, data, at) {
    for (let i = 0; i < 16; i += 1) {
      const p = at + i * 4;
      W[i] = (data[p] << 24) | (data[p + 1] << 16) | (data[p + 2] << 8) | data[p + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15];
      const y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (k + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
  }

  function sha256(data) {
    const h = new Uint32Array(H0);
    const whole = data.length - (data.length % 64);
    for (let at = 0; at < whole; at += 64) { rounds(h, data, at); }
    const rest = data.length - whole;
    const tail = new Uint8Array(rest < 56 ? 64 : 128);
    tail.set(data.subarray(whole));
    tail[rest] = 128;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(data.length / 536870912));
    view.setUint32(tail.length - 4, (data.length % 536870912) * 8);
    for (let at = 0; at < tail.length; at += 64) { rounds(h, tail, at); }
    const out = new Uint8Array(32);
    for (let i = 0; i < 8; i += 1) { new DataView(out.buffer).setUint32(i * 4, h[i]); }
    return out;
  }

  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
  const utf8 = (text) => new TextEncoder().encode(text);
  function unbase64(text) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
    return bytes;
  }
  function canonical(value) {
    if (Array.isArray(value)) { return "[" + value.map(canonical).join(",") + "]"; }
    if (value !== null && typeof value === "object") {
      return "{" + Object.keys(value).sort().map((k) => JSON.stringify(k) + ":" + canonical(value[k])).join(",") + "}";
    }
    return JSON.stringify(value);
  }
  const block = (name) => { const found = document.getElementById(name); return found ? found.textContent : ""; };

  // What is checked, in the order it is told.
  const ZEROS = "0".repeat(64);
  const PLACE = /^(<!DOCTYPE html>.{0,600}?<meta name="desk-sha256" content=")([0-9a-f]{64})(">)/;
  function ownHash(text) {
    const found = PLACE.exec(text);
    if (!found) { return { ok: false, sha256: hex(sha256(utf8(text))) }; }
    const blanked = found[1] + ZEROS + found[3] + text.slice(found[0].length);
    return { ok: hex(sha256(utf8(blanked))) === found[2], sha256: hex(sha256(utf8(text))) };
  }
  function isPlain() {
    const kinds = Array.from(document.childNodes, (n) => n.nodeType);
    const doctype = document.doctype;
    return kinds.length === 2 && doctype !== null && doctype.name === "html" && !doctype.publicId && !doctype.systemId
      && root.childNodes.length === 2 && document.head.attributes.length === 0 && document.body.attributes.length === 0
      && Array.from(root.attributes, (a) => a.name).join() === "data-runs" && document.body.childNodes.length === 0;
  }
  const data = {};
  const CHECKS = [
    ["document", "整个文件", "the whole file", () => ownHash(captured).ok && data.plain],
    ["facts", "来电、工单、修改记录、收听记录", "call, tickets, changes, listening log", () => {
      data.facts = JSON.parse(block("facts"));
      return hex(sha256(utf8(block("facts")))) === data.head.facts;
    }],
    ["audio", "录音文件", "the recording", () => {
      data.audio = unbase64(block("audio"));
      return hex(sha256(data.audio)) === data.head.audio && data.audio.length === data.seal.audio_bytes;
    }],
    ["manifest", "话机当时的记录", "what the telephone wrote down", () => {
      data.manifest = unbase64(block("manifest"));
      return hex(sha256(data.manifest)) === data.seal.manifest_sha256;
    }],
    ["spans", "录音逐段的哈希链", "the recording, span by span", () => {
      let before = unhex(data.seal.manifest_sha256);
      const step = data.seal.span_bytes;
      let count = 0;
      for (let at = 0; at < data.audio.length; at += step) {
        const span = data.audio.subarray(at, at + step);
        const both = new Uint8Array(32 + span.length);
        both.set(before);
        both.set(span, 32);
        before = sha256(both);
        if (hex(before) !== data.seal.spans[count]) { return false; }
        count += 1;
      }
      return count === data.seal.spans.length;
    }],
    ["seal", "封存记录", "the seal", () => hex(sha256(utf8(canonical(data.seal)))) === data.sealed.hash
      && data.facts.recording.seal_hash === data.sealed.hash && data.facts.call.call_id === data.seal.call_id
      && data.facts.neighbours.before === data.seal.previous]
  ];

  // Words. Chinese first, English beside it.
  const WORDS = {
    call_id: "通话编号 call", line: "线路 line", direction: "方向 direction", number: "号码 number", display_name: "来电显示 display name",
    diversion: "转移号码 diversion", offered_at: "来电时间 offered", answered_at: "接听时间 answered", ended_at: "结束时间 ended",
    seat: "坐席 seat", agent: "工号 agent", outcome: "结果 outcome", transferred_to: "转接至 transferred to", person_id: "来电人 person",
    household_id: "房号 household", ticket_id: "工单 ticket", kind: "类型 kind", category: "分类 category", priority: "紧急程度 priority",
    stage: "阶段 stage", description: "内容 what happened", registered_at: "登记时间 registered", registered_by: "登记人 registered by",
    place_text: "地点 place", caller_name: "来电人姓名 caller", contact_number: "联系电话 contact", appointment_start: "预约开始 visit from",
    appointment_until: "预约结束 visit until", joined_to: "并入 joined to", handler_id: "处理人 handler", closed_at: "关闭时间 closed",
    typed: "输入时刻 typed", building_id: "楼栋 building", public_area_id: "公共区域 public area", lookup_key: "归档号码 filed as",
    length_ms: "录音时长 length", interrupted: "是否中断 interrupted", codec: "编码 codec", sealed_at: "封存时间 sealed", started_at: "录音开始 started",
    legal_hold: "保全 legal hold", legal_hold_by: "保全人 held by", legal_hold_why: "保全原因 why held", vaulted_at: "入库时间 in the vault",
    kept: "录音 kept", why: "原因 why", file: "文件 file", sha256: "密文指纹 SHA-256", size_bytes: "字节 bytes", chain: "封存链 chain",
    chain_place: "链中位置 place", seal_hash: "封存指纹 seal hash", deleted_at: "删除时间 deleted", deleted_by: "删除人 deleted by", deleted_why: "删除原因 why deleted",
    title: "任务内容 what to do", handler_id: "处理人 handler", backup_id: "备用联系人 backup", lead_id: "负责人 lead", staff_id: "联系对象 staff called",
    dispatched_at: "派单时间 dispatched", accepted_at: "受理时间 accepted", "task started_at": "开始时间 started", due_at: "时限 due", done_at: "完成时间 done",
    accept_due_at: "受理时限 to be accepted by", plan_due_at: "答复客户时限 plan told by", promise_due_at: "承诺完成 promised by",
    progress_due_at: "过程汇报时限 report due", follow_up_due_at: "回访时限 follow-up due", next_due_at: "最近时限 next due", said: "反馈 said",
    said_at: "反馈时间 said at", via: "方式 by way of", trade: "工种 trade", owner: "跟单人 owner", made_at: "生成时间 made", made_by: "生成人 made by",
    purpose: "事由 purpose", at: "时间 when", by: "联系人员 by", note: "备注 note", next_at: "下次联系 next try", state: "状态 state", text: "内容 text",
    kept_at: "兑现时间 kept", delivery: "送达 delivery", channel: "渠道 channel", recipient: "接收人 recipient", template: "消息模板 template",
    sent_at: "发出时间 sent", tries: "次数 tries", tried_at: "最近一次 last try", not_before: "不早于 not before", questionnaire: "问卷 questionnaire",
    answers: "答案 answers", solved: "是否解决 solved", satisfied: "是否满意 satisfied", score: "得分 score", confirmed: "是否属实 confirmed",
    done_by: "完成人 done by", stage_reason: "阶段原因 why this stage", "task place": "顺序 turn", answer: "答复 answer", asked_at: "提出时间 asked",
    asked_by: "提出人 asked by", "question answered_at": "答复时间 answered", answered_by: "答复人 answered by", told_at: "告知时间 told", guidance: "处理意见 guidance", issue: "诉求 issue",
    unhappy_with: "不满意之处 unhappy with", verified: "核实情况 verified", difficulty: "难点 difficulty", step: "步骤 step", parent_id: "拆自 split from",
    cause: "结束代码 cause", reason: "原因 reason", "call reason": "结束原因 reason", marks: "标记 marks", spans: "录音段 spans"
  };
  const VALUES = {
    repair: "报修", complaint: "投诉", inquiry: "咨询", suggestion: "建议", praise: "表扬", business: "业务办理", registered: "登记", dispatched: "派单",
    accepted: "受理", in_progress: "处理中", done: "完成", followed_up: "已回访", closed: "关闭", returned: "退回", suspended: "挂起", cancelled: "取消",
    joined: "并入", urgent: "特急", high: "紧急", normal: "一般", low: "不急", incoming: "来电", outgoing: "去电", answered: "已接", abandoned: "主叫放弃",
    rejected: "拒接", unanswered: "未接通", failed: "失败", interrupted: "中断", transferred: "已转接", forwarded: "呼叫转移", missed: "未接",
    waiting: "等待", reached: "已联系上", no_answer: "无人接听", busy: "忙线", off: "关机或不在服务区", wrong_number: "号码错误", later: "要求改时间",
    sent: "已发出", delivered: "已送达", dropped: "不再需要", dispatch: "派单", remind: "到期提醒", chase: "催办", progress: "过程汇报", plan: "答复客户",
    follow_up: "回访", promise: "承诺回电", warning: "投诉预警", survey: "满意度调查", open: "未完成", due: "待回访", given_up: "未能联系上", told: "已告知",
    "state kept": "已兑现", released: "不再需要", in_process: "过程回访", closing: "完成回访", spot_check: "抽查", raised: "已提出", reviewed: "已审核",
    acted: "现场已处理", guided: "已有处理意见", fed_back: "已反馈", escalated: "已上报", unsatisfied: "仍不满意", withdrawn: "已撤回",
    "outcome refused": "拒绝通话", played: "收听", exported: "导出音频", packed: "导出证据包", scored: "质检", deleted: "删除", refused: "被拒绝", searched: "查询", kept: "已录音"
  };
  const MARKS = {
    held: "保持 hold", resumed: "取回 resumed", muted: "静音 muted", unmuted: "取消静音 unmuted", answered: "接听 answered", paused: "暂停录音 paused",
    recording_paused: "暂停录音 paused", recording_resumed: "继续录音 resumed", gap: "缺口 gap", failed: "录音出错 failed", transferred: "转接 transferred",
    far_silent: "对方无声 far side silent", far_held: "对方保持 far hold", ended: "结束 ended", quality: "通话质量 quality"
  };
  const THINGS = {
    ticket: "工单 ticket", task: "任务 task", attempt: "联系记录 attempt", promise: "承诺回电 promise", message: "消息 message", follow_up: "回访 follow-up",
    warning: "投诉预警 early warning", question: "疑难问题 question", call: "通话 call", recording: "录音 recording"
  };
  const CODES = new Set(["kind", "category", "priority", "stage", "direction", "outcome", "kept", "access", "purpose", "state", "step", "delivery"]);
  const IDS = new Set(["category", "person_id", "household_id", "handler_id", "backup_id", "lead_id", "staff_id"]);
  const word = (table, key) => (Object.hasOwn(table, key) ? table[key] : null);
  const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
  const two = (n) => String(n).padStart(2, "0");
  function beijing(text) {
    const at = new Date(Date.parse(text) + 8 * 3600000);
    return at.getUTCFullYear() + "-" + two(at.getUTCMonth() + 1) + "-" + two(at.getUTCDate()) + " " + two(at.getUTCHours())
      + ":" + two(at.getUTCMinutes()) + ":" + two(at.getUTCSeconds());
  }
  function clock(ms) {
    const s = Math.floor(ms / 1000);
    return (s >= 3600 ? Math.floor(s / 3600) + ":" : "") + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
  }
  // What people wrote is shown as they wrote it: only a field that holds codes or ids is put into words.
  function shown(name, value) {
    if (value === null || value === undefined || value === "") { return "–"; }
    if (value === true) { return "是 yes"; }
    if (value === false) { return "否 no"; }
    if (Array.isArray(value)) { return value.map((one) => shown(name, one)).join("; ") || "–"; }
    if (typeof value === "object") { return JSON.stringify(value); }
    const text = String(value);
    if (TIME.test(text)) { return beijing(text); }
    const named = IDS.has(name) ? word(data.facts.names, text) : null;
    const coded = CODES.has(name) ? word(VALUES, name + " " + text) || word(VALUES, text) : null;
    return named || (coded ? coded + " " + text : text);
  }
  function make(tag, parent, text, kind) {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) { made.textContent = text; }
    if (kind) { made.className = kind; }
    if (parent) { parent.append(made); }
    return made;
  }
  function titled(parent, chinese, english, tag) {
    const title = make(tag || "h2", parent, chinese + " ");
    make("span", title, english, "en");
    return title;
  }
  function pairs(parent, rows) {
    const list = make("dl", parent);
    for (const row of rows) { make("dt", list, row[0]); make("dd", list, row[1], row[2]); }
  }
  function table(parent, heads, rows) {
    const made = make("table", parent);
    const top = make("tr", make("thead", made));
    for (const head of heads) { make("th", top, head); }
    const body = make("tbody", made);
    for (const row of rows) { const line = make("tr", body); for (const cell of row) { make("td", line, cell); } }
  }

  function player(parent) {
    const facts = data.facts;
    const length = Math.max(1, data.seal.length_ms);
    titled(parent, "录音", "the recording");
    const audio = new Audio();
    audio.preload = "auto";
    const canvas = make("canvas", parent);
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "slider");
    canvas.setAttribute("aria-label", "播放位置 position");
    canvas.setAttribute("aria-valuemin", "0");
    canvas.setAttribute("aria-valuemax", String(Math.round(length / 1000)));
    const bar = make("div", parent, null, "bar");
    const play = make("button", bar, "▶ 播放 play");
    play.id = "play";
    const time = make("span", bar, "00:00 / " + clock(length), "time");
    function box(words, on, kind) {
      const label = make("label", bar, null, kind);
      const input = make("input", label);
      input.type = "checkbox";
      input.checked = on;
      make("span", label, words);
      return input;
    }
    const left = box("来电人（上） caller", true, "caller");
    const right = box("坐席（下） agent", true, "agent");
    const both = box("两耳同听 both ears", true);
    const trouble = make("p", parent, "", "soft");
    const bars = unbase64(facts.bars);
    const half = bars.length / 2;
    let graph = null;

    function wire() {
      if (graph || !(window.AudioContext || window.webkitAudioContext)) { return; }
      const context = new (window.AudioContext || window.webkitAudioContext)();
      const source = context.createMediaElementSource(audio);
      const splitter = context.createChannelSplitter(2);
      const merger = context.createChannelMerger(2);
      source.connect(splitter);
      const gains = [];
      for (let from = 0; from < 2; from += 1) {
        for (let to = 0; to < 2; to += 1) {
          const gain = context.createGain();
          splitter.connect(gain, from);
          gain.connect(merger, 0, to);
          gains.push(gain);
        }
      }
      merger.connect(context.destination);
      graph = { context: context, gains: gains, merger: merger };
      level();
    }
    function level() {
      if (!graph) { return; }
      const l = left.checked ? 1 : 0;
      const r = right.checked ? 1 : 0;
      const over = both.checked ? 0.7 : 0;
      const own = both.checked ? 0.7 : 1;
      [l * own, l * over, r * over, r * own].forEach((v, i) => { graph.gains[i].gain.value = v; });
    }
    [left, right, both].forEach((input) => { input.onchange = level; });

    function draw() {
      const ratio = window.devicePixelRatio || 1;
      const wide = canvas.clientWidth;
      const high = canvas.clientHeight;
      if (canvas.width !== Math.round(wide * ratio)) { canvas.width = Math.round(wide * ratio); canvas.height = Math.round(high * ratio); }
      const pen = canvas.getContext("2d");
      const style = getComputedStyle(root);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, wide, high);
      const lane = (high - 22) / 2;
      for (let channel = 0; channel < 2; channel += 1) {
        pen.fillStyle = style.getPropertyValue(channel ? "--agent" : "--caller");
        const middle = 18 + lane * channel + lane / 2;
        for (let x = 0; x < wide; x += 2) {
          const a = Math.floor((x / wide) * half);
          const z = Math.max(a + 1, Math.floor(((x + 2) / wide) * half));
          let loudest = 0;
          for (let i = a; i < z && i < half; i += 1) { loudest = Math.max(loudest, bars[channel * half + i]); }
          const tall = Math.max(1, Math.sqrt(loudest / 255) * (lane - 6));
          pen.fillRect(x, middle - tall / 2, 1.4, tall);
        }
      }
      pen.strokeStyle = style.getPropertyValue("--soft");
      for (const mark of facts.marks) {
        const x = Math.min(wide - 1, (mark.ms / length) * wide);
        pen.beginPath(); pen.moveTo(x, 0); pen.lineTo(x, 14); pen.stroke();
      }
      const now = Math.min(wide - 1, ((audio.currentTime * 1000) / length) * wide);
      pen.fillStyle = style.getPropertyValue("--ink");
      pen.fillRect(now, 0, 2, high);
      time.textContent = clock(audio.currentTime * 1000) + " / " + clock(length);
      canvas.setAttribute("aria-valuenow", String(Math.round(audio.currentTime)));
      canvas.setAttribute("aria-valuetext", time.textContent);
    }
    function seek(ms) { audio.currentTime = Math.max(0, Math.min(length, ms)) / 1000; draw(); }
    function toggle() {
      wire();
      if (graph) { graph.context.resume(); }
      if (audio.paused) { audio.play().catch(() => {}); } else { audio.pause(); }
    }
    play.onclick = toggle;
    audio.onplay = () => { play.textContent = "❚❚ 暂停 pause"; tick(); };
    audio.onpause = () => { play.textContent = "▶ 播放 play"; };
    audio.onseeked = draw;
    audio.onerror = () => {
      trouble.textContent = "这个浏览器放不出这种录音，请换用 Chrome、Edge 或 Firefox 打开；核对结果不受影响。 This browser cannot play this recording; open it with Chrome, Edge or Firefox. What was checked stays true.";
    };
    function tick() { draw(); if (!audio.paused) { requestAnimationFrame(tick); } }
    let dragging = false;
    const toPlace = (event) => {
      const edge = canvas.getBoundingClientRect();
      seek(((event.clientX - edge.left) / edge.width) * length);
    };
    canvas.onpointerdown = (event) => { dragging = true; canvas.setPointerCapture(event.pointerId); toPlace(event); };
    canvas.onpointermove = (event) => { if (dragging) { toPlace(event); } };
    canvas.onpointerup = () => { dragging = false; };
    canvas.onkeydown = (event) => {
      const steps = { ArrowLeft: -5000, ArrowRight: 5000, PageUp: -30000, PageDown: 30000 };
      if (event.key === " " || event.key === "Enter") { toggle(); event.preventDefault(); }
      else if (steps[event.key]) { seek(audio.currentTime * 1000 + steps[event.key]); event.preventDefault(); }
      else if (event.key === "Home") { seek(0); event.preventDefault(); }
    };
    window.addEventListener("resize", draw);
    audio.src = URL.createObjectURL(new Blob([data.audio], { type: data.seal.codec === "flac" ? "audio/flac" : "audio/ogg" }));
    if (facts.marks.length) {
      const marks = make("div", parent, null, "bar");
      for (const mark of facts.marks) {
        const jump = make("button", marks, clock(mark.ms) + " " + (word(MARKS, mark.name) || mark.name) + (mark.detail ? " " + mark.detail : ""));
        jump.onclick = () => seek(mark.ms);
      }
    }
    if (facts.comments.length) {
      titled(parent, "备注", "comments", "h3");
      for (const comment of facts.comments) {
        const line = make("div", parent, null, "bar");
        const jump = make("button", line, clock(comment.at_ms));
        jump.onclick = () => seek(comment.at_ms);
        make("span", line, comment.text);
        make("small", line, comment.author + " · " + beijing(comment.written_at));
      }
    }
    draw();
    window.deskPlayer = { audio: audio, wire: wire, graph: () => graph, level: level, left: left, right: right, both: both, seek: seek };
  }

  function history(parent, changes) {
    const rows = [];
    for (const change of changes) {
      const fields = change.fields.map((f) => (word(WORDS, change.thing + " " + f.name) || word(WORDS, f.name) || f.name) + "：" + shown(f.name, f.from) + " → " + shown(f.name, f.to)).join("\n");
      rows.push([beijing(change.at), change.author + " @ " + change.seat, word(THINGS, change.thing) || change.thing, fields, change.reason]);
    }
    table(parent, ["时间 when", "谁 who", "事项 of what", "改动 what", "原因 why"], rows);
    parent.querySelectorAll("td:nth-child(4)").forEach((cell) => { cell.style.whiteSpace = "pre-line"; });
  }

  function page(body) {
    const facts = data.facts;
    const call = facts.call;
    titled(body, "通话", "the call");
    pairs(make("div", body, null, "card"), ["number", "display_name", "person_id", "household_id", "direction", "offered_at", "answered_at",
      "ended_at", "outcome", "line", "seat", "agent", "transferred_to", "call_id"].map((name) => [WORDS[name], shown(name, call[name])]));
    player(body);
    for (const story of facts.tickets) {
      const ticket = story.ticket;
      titled(body, "工单 " + ticket.number, "ticket");
      const card = make("div", body, null, "card");
      if (!story.own) { make("p", card, "按登记的信息，这张工单不是来电人的；本次通话或来电人的工单并入其中。对来电人的承诺、联系和来电人的其他来电照列，其他住户的信息没有列出。 By what was filed this ticket is not the caller's; this call, or a ticket of theirs, became part of it. What they were promised and told, and when they rang again, is here; what concerns others is left out.", "soft"); }
      pairs(card, ["kind", "category", "priority", "stage", "caller_name", "contact_number", "place_text", "description", "registered_at",
        "registered_by", "appointment_start", "appointment_until", "closed_at"].map((name) => [WORDS[name], shown(name, ticket[name])]));
      titled(card, "全部经过", "every change of it, its tasks, calls to staff, promises, messages and follow-ups; other calls of the caller", "h3");
      history(card, story.changes);
    }
    titled(body, "通话与录音的记录", "changes of the call and its recording");
    history(make("div", body, null, "card"), facts.call_changes.concat(facts.recording_changes));
    titled(body, "谁听过这段录音", "who listened");
    const heard = make("div", body, null, "card");
    if (facts.listenings.length) {
      table(heard, ["时间 when", "谁 who", "做了什么 what", "说明 detail"], facts.listenings.map((l) => [beijing(l.at), l.who + " @ " + l.seat, shown("access", l.access),
        [l.from_ms === null ? "" : clock(l.from_ms) + " – " + (l.until_ms === null ? "" : clock(l.until_ms)), l.detail].filter(Boolean).join("  ")]));
    } else { make("p", heard, "导出之前没有人听过。 Nobody before this export.", "soft"); }
    titled(body, "封存", "the seal");
    const seal = data.seal;
    const card = make("div", body, null, "card");
    pairs(card, [["封存时间 sealed", shown("sealed_at", seal.sealed_at)], ["录音开始 started", shown("started_at", seal.started_at)], ["时长 length", clock(seal.length_ms)],
      ["编码 codec", seal.codec + ", " + seal.rate_hz + " Hz"], ["中断 interrupted", shown("interrupted", seal.interrupted)],
      ["链与位置 chain and place", seal.chain + " #" + seal.place], ["封存指纹 seal hash", data.sealed.hash, "hash"],
      ["前一段 before it", facts.neighbours.before || "–", "hash"], ["后一段 after it", facts.neighbours.after || "–", "hash"],
      ["密文指纹 encrypted file", seal.sealed_sha256, "hash"], ["话机记录指纹 manifest", seal.manifest_sha256, "hash"]]);
    const details = make("details", card);
    make("summary", details, "逐段指纹 span hashes (" + seal.spans.length + " × " + seal.span_bytes / 1024 + " KiB)");
    seal.spans.forEach((one, i) => make("div", details, (i + 1) + "  " + one, "hash"));
    const told = make("details", card);
    make("summary", told, "话机当时的记录 what the telephone wrote down");
    make("pre", told, new TextDecoder().decode(data.manifest), "hash").style.whiteSpace = "pre-wrap";
    make("p", body, "时间均为北京时间（UTC+8）。导出：" + facts.made_by + " @ " + facts.seat + "，" + beijing(facts.made_at) + "。隐去其他住户的信息 " + facts.masked
      + " 处。 Times are Beijing's. Exported by " + facts.made_by + "; " + facts.masked + " values about others are left out.", "soft");
  }

  function fingerprint(parent, length) {
    titled(parent, "文件指纹", "the file's SHA-256, " + length + " bytes");
    const card = make("div", parent, null, "card");
    make("p", card, ownHash(captured).sha256, "hash").id = "fingerprint";
    make("p", card, "上面的核对说明：导出之后文件没有改动过（标签的大小写和标签里的空格除外，浏览器不区分它们，用下面的逐字节核对）。要证明它确由本热线导出，请把指纹与热线变更记录里的核对：desk verify 文件名。 "
      + "What was checked above: the file is as it was exported, but for the case of tags and the blanks within them, which a browser does not keep; the check below sees those, too. That the hotline made it is proven by its change log, which holds this figure: desk verify FILE.", "soft");
    byteCheck(card);
  }

  function byteCheck(parent) {
    const drop = make("div", parent, null, "drop");
    make("strong", drop, "逐字节核对");
    make("p", drop, "把这个文件本身选进来（或拖到这里），连浏览器不区分的地方（标签的大小写和空格）也会核对。 Choose this very file, or drop it here: every byte is checked, also those that a browser does not tell apart.", "soft");
    const input = make("input", drop);
    input.type = "file";
    input.setAttribute("aria-label", "选择本文件 choose this file");
    const said = make("p", drop, "");
    said.id = "bytes";
    async function look(file) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 32768) { text += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768)); }
      const ascii = bytes.every((b) => b < 128);
      const found = ownHash(text);
      const ok = ascii && found.ok;
      said.textContent = ok ? "✓ 每个字节都与导出时一致。 Every byte is as exported. SHA-256 " + found.sha256
        : "✗ 这个文件被改动过，或不是导出的那一个。 This file was changed, or is not the one exported.";
      said.className = ok ? "ok" : "no";
      root.dataset.bytes = ok ? "whole" : "changed";
      if (!ok) { say("changed", ["逐字节核对 byte by byte"]); }
    }
    input.onchange = () => { if (input.files[0]) { look(input.files[0]); } };
    drop.ondragover = (event) => event.preventDefault();
    drop.ondrop = (event) => { event.preventDefault(); if (event.dataTransfer.files[0]) { look(event.dataTransfer.files[0]); } };
  }

  let verdict = null;
  function say(kind, wrong) {
    verdict.className = "verdict " + kind;
    verdict.textContent = "";
    root.dataset.verdict = kind;
    if (kind === "whole") {
      make("strong", verdict, "完整未改动");
      make("span", verdict, "Whole and unchanged since it was exported.");
    } else if (kind === "changed") {
      make("strong", verdict, "已被改动");
      make("div", verdict, "与导出时不一致：" + wrong.join("、"));
      make("div", verdict, "Not as exported: changed at least there. 浏览器扩展也可能改动页面：请用无痕窗口再开一次，或运行 desk verify。 A browser extension may have done it: try a private window, or run desk verify.");
    } else {
      make("strong", verdict, "正在核对…");
      make("span", verdict, "Checking…");
    }
  }

  function start() {
    data.plain = isPlain();
    const body = document.body;
    const intact = captured.length;
    document.title = "来电证据包 evidence";
    titled(body, "来电证据包", "evidence pack of one call", "h1");
    verdict = make("div", body);
    verdict.setAttribute("role", "status");
    say("checking", []);
    const list = make("ul", make("div", body, null, "card"), null, "checks");
    setTimeout(() => {
      const wrong = [];
      try { data.head = JSON.parse(block("head")); } catch (error) { data.head = {}; }
      try { data.sealed = JSON.parse(block("seal")); data.seal = data.sealed.seal; } catch (error) { data.sealed = {}; data.seal = { spans: [] }; }
      for (const check of CHECKS) {
        let ok = false;
        try { ok = check[3]() === true; } catch (error) { ok = false; }
        const line = make("li", list, check[1] + " ", ok ? "ok" : "no");
        make("span", line, check[2], "en");
        line.dataset.check = check[0];
        line.dataset.ok = ok ? "yes" : "no";
        if (!ok) { wrong.push(check[1]); }
      }
      try { page(body); } catch (error) { wrong.push("内容 content"); }
      fingerprint(body, intact);
      say(wrong.length ? "changed" : "whole", wrong);
    }, 0);
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
