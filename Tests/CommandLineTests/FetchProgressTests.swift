import ModelFetch
import Synchronization
import Testing

@testable import parley

@Suite struct FetchProgressTests {
    private final class Screen: Sendable {
        private let parts = Mutex<[String]>([])

        var all: [String] { parts.withLock { $0 } }

        @Sendable func write(_ text: String) { parts.withLock { $0.append(text) } }
    }

    private func shown(isTerminal: Bool, _ events: [ModelFetcher.Event]) -> String {
        let screen = Screen()
        let progress = FetchProgress(isTerminal: isTerminal, write: screen.write)
        for event in events { progress.take(event) }
        progress.end()
        return screen.all.joined()
    }

    private let failure = ModelFetcher.Event.sourceFailed(FetchError(.notThere, "the index has no x"))

    /// A log gets a line for each quarter, however many pieces come.
    @Test func aLogGetsFewLines() {
        let pieces = (1...1000).map { ModelFetcher.Event.received(bytes: $0 * 4000) }
        let lines = shown(isTerminal: false, [.begins(bytes: 4_000_000)] + pieces + [failure]).split(
            separator: "\n")
        #expect(
            lines == [
                "parley models: fetching 4 MB, once", "parley models: 0 of 4 MB (0 %)",
                "parley models: 1 of 4 MB (25 %)",
                "parley models: 2 of 4 MB (50 %)", "parley models: 3 of 4 MB (75 %)",
                "parley models: 4 of 4 MB (100 %)",
                "parley models: the index has no x; trying the next source",
            ])
    }

    /// A terminal gets one line that changes, which other lines and the end close.
    @Test func aTerminalGetsOneLine() {
        let pieces = (1...1000).map { ModelFetcher.Event.received(bytes: $0 * 4000) }
        let text = shown(
            isTerminal: true,
            [.begins(bytes: 4_000_000)] + pieces + [failure, .received(bytes: 4_000_000)])
        #expect(text.split(separator: "\r").count == 102)
        #expect(text.hasSuffix("(100 %) \nparley models: the index has no x; trying the next source\n"))
    }

    /// Bytes that were for nothing are taken back, and more may come than was thought.
    @Test func theShareStaysWithinItsBounds() {
        let text = shown(
            isTerminal: false,
            [.begins(bytes: 100), .received(bytes: 90), .received(bytes: -5), .received(bytes: 300)])
        #expect(text.contains("(90 %)") && text.contains("(0 %)") && text.hasSuffix("(100 %)\n"))
        #expect(shown(isTerminal: false, [.received(bytes: 5)]).isEmpty)
    }
}
