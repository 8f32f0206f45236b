import assert from "node:assert/strict";
import { test } from "node:test";
import { formInputs, held, kept, missing } from "../../static/ui/card-form.js";
import { allowed, bare, parse } from "../../static/ui/card-text.js";

const card = {
  sections: [
    {
      widgets: [
        { textInput: { name: "note", type: "SINGLE_LINE" } },
        { selectionInput: { name: "kind", type: "CHECK_BOX", items: [{ text: "A", value: "a", selected: true }, { text: "B", value: "b" }] } },
        { columns: { columnItems: [{ widgets: [{ dateTimePicker: { name: "day", type: "DATE_ONLY", valueMsEpoch: 1795392000000 } }] }] } },
        { decoratedText: { text: "row", switchControl: { name: "on", value: "yes", selected: true } } },
      ],
    },
  ],
};

test("an untouched card sends what it was given", () => {
  assert.deepEqual(formInputs(card, new Map()), {
    note: { stringInputs: { value: [""] } },
    kind: { stringInputs: { value: ["a"] } },
    day: { dateInput: { msSinceEpoch: "1795392000000" } },
    on: { stringInputs: { value: ["yes"] } },
  });
});

test("what is not ticked is absent", () => {
  const sent = formInputs(card, new Map([["on", []], ["kind", []], ["day", []]]));
  assert.deepEqual(Object.keys(sent), ["note"]);
});

test("a day of Taipei's noon stays that day", () => {
  const picker = { kind: "moment", name: "d", type: "DATE_AND_TIME", valueMsEpoch: "1795426200000", timezoneOffsetDate: 480 };
  assert.deepEqual(held(picker, new Map()), ["2026-11-23T17:30"]);
});

test("blanks do not count as filled in", () => {
  assert.deepEqual(missing({ requiredWidgets: ["note", "kind"] }, card, new Map([["note", ["  "]]])), new Set(["note"]));
  assert.deepEqual(missing({ allWidgetsAreRequired: true }, card, new Map([["note", ["x"]]])), new Set());
});

test("values stay where their input still is", () => {
  const values = new Map([["note", ["x"]], ["gone", ["y"]], ["on", []]]);
  assert.deepEqual([...kept(card, values, "on")], [["note", ["x"]]]);
});

test("only the web, mail and calls are led to", () => {
  assert.equal(allowed("https://a.example/x"), "https://a.example/x");
  assert.equal(allowed("tel:+4712345678"), "tel:+4712345678");
  assert.equal(allowed("http://localhost:8080/x"), "http://localhost:8080/x");
  for (const bad of ["http://a.example/", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " data:text/html,x", "vbscript:x", "/relative", "", null, 4]) {
    assert.equal(allowed(bad), null, String(bad));
  }
});

test("markup is read, not believed", () => {
  assert.equal(bare("<b>A</b><br>b &amp; c &lt;i&gt; &#x27;d&#39; &bogus; <script>x</script>< 3"), "A b & c <i> 'd' &bogus; < 3");
  assert.deepEqual(parse("a</b>b"), ["a", "b"]);
  assert.equal(bare("<b>never closed <i>nor this"), "never closed nor this");
  assert.equal(bare("&#0;&#x110000;"), "");
});
