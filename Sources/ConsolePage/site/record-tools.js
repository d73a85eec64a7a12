// The buttons that give the transcript away.
import { byId } from "./elements.js";
import { recordAsJSON, recordAsText } from "./record-file.js";
import { copy, save } from "./share.js";

export class RecordTools {
  /** `read()` gives `{project, version, entries}`; `told(words)` shows what came of it. */
  constructor({ read, told }) {
    const text = () => {
      const { project, version, entries } = read();
      return recordAsText(`Conversation with ${project} (version ${version ?? "?"}), ${new Date().toLocaleString("en-GB")}`, entries);
    };
    const name = (ending) => `${read().project}-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${ending}`;
    byId("record-copy").addEventListener("click", async () => {
      told((await copy(text())) ? "The transcript is copied." : "The browser does not allow copying here. Save it instead.");
    });
    byId("record-text").addEventListener("click", () => save(name("txt"), text(), "text/plain"));
    byId("record-json").addEventListener("click", () => {
      const { project, version, entries } = read();
      save(name("json"), recordAsJSON({ project, version }, entries), "application/json");
    });
  }

  /** There is something to give away, or not yet. */
  show(hasEntries) {
    byId("record-tools").hidden = !hasEntries;
  }
}
