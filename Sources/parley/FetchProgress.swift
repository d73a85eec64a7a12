import Foundation
import ModelFetch
import ModelFiles
import Synchronization

/// Tells a person how a fetch goes: on a terminal one line that changes, elsewhere a line for each quarter.
final class FetchProgress: Sendable {
    private struct State {
        var total = 0
        /// What was shown last, in percent.
        var shown = -1
        /// The line that changes is open.
        var isOpen = false
    }

    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isTerminal: whether a line may be written over.
    ///   - write: takes text that brings its own line feeds.
    init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Takes what happened.
    @Sendable func take(_ event: ModelFetcher.Event) {
        state.withLock { state in
            switch event {
            case .waiting: line("another process fetches into this folder; waiting for it", &state)
            case .damaged(let file): line("\(file.path) is damaged and is fetched anew", &state)
            case .begins(let bytes):
                state.total = bytes
                line("fetching \(Self.megabytes(bytes)) MB, once", &state)
            case .received(let bytes): show(bytes, &state)
            case .sourceFailed(let error): line("\(error); trying the next source", &state)
            case .placed: break
            }
        }
    }

    /// Ends the line that changes.
    func end() {
        state.withLock { close(&$0) }
    }

    private func show(_ bytes: Int, _ state: inout State) {
        guard state.total > 0 else { return }
        let percent = min(100, max(0, bytes * 100 / state.total))
        let step = isTerminal ? 1 : 25
        guard percent / step != state.shown / step || state.shown < 0 else { return }
        state.shown = percent
        let text = "\(Self.megabytes(bytes)) of \(Self.megabytes(state.total)) MB (\(percent) %)"
        if isTerminal {
            state.isOpen = true
            write("\rparley models: \(text) ")
        } else {
            line(text, &state)
        }
    }

    private func line(_ text: String, _ state: inout State) {
        close(&state)
        write("parley models: \(text)\n")
    }

    private func close(_ state: inout State) {
        if state.isOpen { write("\n") }
        state.isOpen = false
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + 500_000) / 1_000_000 }
}
