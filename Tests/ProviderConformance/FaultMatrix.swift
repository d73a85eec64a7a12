import AudioCore
import Foundation
import ProviderKit
import Synchronization
import Testing

/// The page `docs/faults.md`: a section for each provider, which that provider's tests make and hold to.
///
/// A test goes through its faults, lets `observe` meet each, and calls `check` with the rows. With `PARLEY_UPDATE_GOLDEN`
/// set, the section is written instead of compared.
public struct FaultMatrix: Sendable {
    /// So that a stall takes no test's time; the page speaks of "the deadline".
    public static let deadlines = PieceDeadlines(first: .milliseconds(1000))

    // MARK: - Meeting faults

    /// Lets a language model meet `fault`, which is in force now, with `next` behind it and alone.
    public static func observe(
        _ fault: String, _ model: any LanguageModel, next: any LanguageModel,
        request: GenerationRequest = LanguageModelConformance.request("Tell me a story."),
        deadlines: PieceDeadlines = deadlines
    ) async throws -> FaultRow {
        try await row(fault, model.name) { isAlone, clock, report in
            let links = [model, next].prefix(isAlone ? 1 : 2).map {
                ChainLink($0, breaker: CircuitBreaker(clock: clock))
            }
            try await GenerationChain(links, deadlines: deadlines, clock: clock)
                .generate(request, report: report) { _ in }
        }
    }

    /// Lets a synthesiser meet `fault`, which is in force now, with `next` behind it and alone.
    public static func observe(
        _ fault: String, _ synthesizer: any SpeechSynthesizer, next: any SpeechSynthesizer, request: SynthesisRequest,
        deadlines: PieceDeadlines = deadlines
    ) async throws -> FaultRow {
        try await row(fault, synthesizer.name) { isAlone, clock, report in
            let links = [synthesizer, next].prefix(isAlone ? 1 : 2).map {
                ChainLink($0, breaker: CircuitBreaker(clock: clock))
            }
            try await SynthesisChain(links, deadlines: deadlines, clock: clock)
                .synthesize(request, report: report) { _ in }
        }
    }

    /// Lets a recogniser meet `fault`, which is in force now, with `next` behind it and alone.
    public static func observe(
        _ fault: String, _ recognizer: any SpeechRecognizer, next: any SpeechRecognizer, utterance: [Int16],
        finalTranscript: Duration = deadlines.first
    ) async throws -> FaultRow {
        try await row(fault, recognizer.name) { isAlone, clock, report in
            let links = [recognizer, next].prefix(isAlone ? 1 : 2).map {
                ChainLink($0, breaker: CircuitBreaker(clock: clock))
            }
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            for start in stride(from: 0, to: utterance.count, by: 1600) {
                source.yield(Array(utterance[start..<min(utterance.count, start + 1600)]))
            }
            source.finish()
            try await RecognitionChain(links, finalTranscript: finalTranscript, clock: clock)
                .recognize(audio, language: "en-US", report: report) { _ in }
        }
    }

    private static func row(
        _ fault: String, _ provider: String,
        _ run: (_ isAlone: Bool, ChainClock, @Sendable (ProviderReport) -> Void) async throws -> Void
    ) async throws -> FaultRow {
        // No pauses are drawn but the shortest: the page does not depend on them.
        let clock = ChainClock(ContinuousClock()) { 0 }
        var reports: [[ProviderReport]] = []
        for isAlone in [false, true] {
            let collected = Collected<ProviderReport>()
            do { try await run(isAlone, clock) { collected.add($0) } } catch is ProviderError {}
            reports.append(collected.all)
        }
        return FaultRow(fault: fault, provider: provider, withNext: reports[0], alone: reports[1])
    }

    // MARK: - The page

    /// The section of `provider`, as it stands on the page.
    public static func section(_ provider: String, _ rows: [FaultRow]) -> String {
        let head = """
            ## \(provider)

            | fault | with another engine next, the caller gets | alone | reported | asked |
            |---|---|---|---|---|

            """
        return head
            + rows.map { "| \($0.fault) | \($0.withNext) | \($0.alone) | \($0.reported) | \($0.cost) |\n" }.joined()
    }

    /// Puts `section` in the place of the one with its title, or in its place by the alphabet where there is none.
    public static func page(_ page: String, with section: String) -> String {
        var parts: [String] = []
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") || parts.isEmpty {
                parts.append(String(line))
            } else {
                parts[parts.count - 1] += "\n" + line
            }
        }
        let title = { (part: String) in part.prefix { $0 != "\n" } }
        let head = parts.removeFirst()
        parts.removeAll { title($0) == title(section) }
        parts.append(section)
        let sections = parts.sorted { title($0) < title($1) }
        return ([head] + sections).map { part in
            String(part.reversed().drop { $0 == "\n" }.reversed())
        }.joined(separator: "\n\n") + "\n"
    }

    /// Holds the section of `provider` on the page at `path` to `rows`, or writes it when `PARLEY_UPDATE_GOLDEN` is set.
    public static func check(
        _ rows: [FaultRow], of provider: String, page path: String, at place: SourceLocation = #_sourceLocation
    ) throws {
        let section = section(provider, rows)
        let isRight = try writing.withLock { _ in
            let page = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "# Faults\n"
            let right = Self.page(page, with: section)
            if right == page { return true }
            guard ProcessInfo.processInfo.environment["PARLEY_UPDATE_GOLDEN"] != nil else { return false }
            try right.write(toFile: path, atomically: true, encoding: .utf8)
            return true
        }
        #expect(isRight, "\(path) differs; it should have:\n\(section)", sourceLocation: place)
    }

    /// Tests of several providers write one page.
    private static let writing = Mutex(())
}
