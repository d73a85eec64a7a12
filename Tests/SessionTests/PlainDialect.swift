import AudioCore

@testable import Session

/// A client that sends what it means: typed words, samples in bytes, or an empty text that cancels. It is told nothing.
struct PlainDialect: Dialect {
    var contract: ClientContract { ClientContract() }
    var wake: Duration? { nil }

    func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) {
        switch frame {
        case .text(""): ([.signal(.cancelResponse)], [])
        case .text(let words): ([.signal(.text(words))], [])
        case .binary(let bytes): ([.audio(PCM16.samples(littleEndian: bytes))], [])
        case .oversized, .close: ([], [])
        }
    }

    func write(_ event: ConversationEvent, now: Duration) -> [Frame] { [] }

    func time(_ now: Duration) -> [Frame] { [] }
}
