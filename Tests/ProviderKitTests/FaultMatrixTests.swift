import AudioCore
import ProviderConformance
import ProviderKit
import TestSupport
import Testing

/// The maker of `docs/faults.md`, on scripted engines.
struct FaultMatrixTests {
    private static let text = "One two three four five six."

    private func speech(_ fate: Fate) async throws -> FaultRow {
        // Nothing scripted here sleeps but a stall, which cancellation ends.
        let stage = Stage(clock: ManualClock())
        let engines = [("Test/A", fate), ("Test/B", .well)].map { name, fate in
            ScriptedSynthesizer(name: name, stage: stage, fates: Fates([fate]), whole: Self.text)
        }
        return try await FaultMatrix.observe(
            "it", engines[0], next: engines[1],
            request: SynthesisRequest(text: Self.text, voice: VoiceRequest(), sampleRate: 1000),
            deadlines: PieceDeadlines(first: .milliseconds(20)))
    }

    @Test func rowsSayWhatHappened() async throws {
        let well = try await speech(.well)
        #expect(well.withNext == "everything" && well.alone == "everything")
        #expect(well.reported == "`completed`" && well.cost == "1 request")

        let refused = try await speech(.fails(after: 0, .rejected, retryAfter: nil))
        #expect(refused.withNext == "everything from the next" && refused.alone == "the failure")
        #expect(refused.reported == "`rejected`, `completed` (next)" && refused.cost == "1 request, 1 to the next")

        let down = try await speech(.fails(after: 0, .unavailable, retryAfter: nil))
        #expect(down.reported == "2 × `unavailable`, `completed` (next)" && down.cost == "2 requests, 1 to the next")

        let cut = try await speech(.fails(after: 2, .unavailable, retryAfter: nil))
        #expect(cut.withNext == "the beginning and the rest from the next")
        #expect(cut.cost == "1 request, 1 to the next, for the rest")

        let stalled = try await speech(.stalls(after: 0))
        #expect(stalled.withNext == "everything from the next, after the deadline")
        #expect(stalled.alone == "the failure after the deadline")

        let silent = try await speech(.silent)
        #expect(silent.reported == "`protocolViolation`, `completed` (next)")
    }

    @Test func utterancesAndAnswers() async throws {
        let stage = Stage(clock: ManualClock())
        let fails = Fate.fails(after: 2, .unavailable, retryAfter: nil)
        let models = [("Test/A", fails), ("Test/B", .well)].map { name, fate in
            ScriptedModel(
                name: name, stage: stage, fates: Fates([fate]), answer: ["One", "two", "three", "four."], width: 5)
        }
        let answer = try await FaultMatrix.observe("it", models[0], next: models[1])
        #expect(answer.withNext == "the beginning and the rest from the next")
        let recognizers = [("Test/A", fails), ("Test/B", .well)].map { name, fate in
            ScriptedRecognizer(name: name, stage: stage, fates: Fates([fate]))
        }
        let words = try await FaultMatrix.observe(
            "it", recognizers[0], next: recognizers[1], utterance: [Int16](repeating: 1, count: 8000))
        #expect(words.withNext == "all of it is understood by the next")
        #expect(words.alone == "the failure" && words.cost == "1 request, 1 to the next")
    }

    @Test func sectionsFindTheirPlace() async throws {
        let row = FaultRow(fault: "a cut", provider: "B/1", withNext: [], alone: [])
        let (a, b, c) = (
            FaultMatrix.section("A/1", []), FaultMatrix.section("B/1", []), FaultMatrix.section("C/1", [])
        )
        let head = "# Faults\n\nWhat they come to.\n"
        let page = [c, a, b].reduce(head) { FaultMatrix.page($0, with: $1) }
        #expect(page == [head, a, b, c].joined(separator: "\n"))
        #expect(FaultMatrix.page(page, with: b) == page)
        let changed = FaultMatrix.page(page, with: FaultMatrix.section("B/1", [row]))
        #expect(changed == page.replacing(b, with: FaultMatrix.section("B/1", [row])))
        #expect(changed != page)
    }
}
