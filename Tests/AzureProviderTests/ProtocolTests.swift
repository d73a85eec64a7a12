import Foundation
import Network
import ProviderKit
import ProviderTransport
import TestSupport
import Testing

@testable import Vendors

struct ProtocolTests {
    // MARK: Messages

    @Test(arguments: 0..<200) func whatIsWrittenIsRead(seed: Int) {
        var numbers = Seeded(seed)
        let bytes = (0..<Int.random(in: 0...40, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers)
        }
        let isText = Bool.random(using: &numbers)
        let message = USPMessage(
            path: ["audio", "speech.phrase", "turn.end"].randomElement(using: &numbers) ?? "audio",
            requestID: Bool.random(using: &numbers) ? USPMessage.newID() : nil,
            streamID: Bool.random(using: &numbers) ? "1" : nil,
            contentType: Bool.random(using: &numbers) ? "application/json; charset=utf-8" : nil,
            body: isText ? .text("\r\n\r\n: {}\r\n" + String(decoding: bytes, as: UTF8.self)) : .bytes(bytes))
        #expect(USPMessage(message.encoded(at: .now)) == message)
        #expect(USPMessage(message.encoded()) == message)
    }

    /// Any bytes are a message or none, never a crash.
    @Test(arguments: 0..<500) func anythingMayCome(seed: Int) {
        var numbers = Seeded(seed)
        let bytes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in
            UInt8.random(in: 0...(Bool.random(using: &numbers) ? 255 : 12), using: &numbers)
        }
        let read = USPMessage(.binary(bytes))
        if bytes.count < 2 || Int(bytes[0]) << 8 + Int(bytes[1]) > bytes.count - 2 { #expect(read == nil) }
        _ = USPMessage(.text(String(decoding: bytes, as: UTF8.self)))
    }

    @Test func headersAreReadAsTheServiceWritesThem() {
        let text =
            "X-RequestId: ABC\r\ncontent-type:application/json; charset=utf-8\r\nPATH:Turn.Start\r\n\r\n{\"a\":1}"
        let message = USPMessage(.text(text))
        #expect(message?.path == "Turn.Start" && message?.belongs(to: "abc") == true && message?.json?["a"]?.int == 1)
        #expect(USPMessage(.text("Content-Type:text/plain\r\n\r\nno path")) == nil)
        #expect(USPMessage(.text("")) == nil)
        #expect(USPMessage(.binary([0, 9, 0x50])) == nil)
        #expect(USPMessage(.oversized(bytes: 1)) == nil)
    }

    // MARK: Recognition

    private func message(_ path: String, _ body: JSONValue) -> USPMessage {
        USPMessage(path: path, requestID: "1", body: .text(body.text))
    }

    private func phrase(_ status: String, _ words: String? = nil) -> USPMessage {
        var body: [String: JSONValue] = ["RecognitionStatus": .string(status)]
        if let words { body["DisplayText"] = .string(words) }
        return message("speech.phrase", .object(body))
    }

    @Test func phrasesAndHypothesesAddUp() throws {
        var turn = RecognitionTurn(language: "en-US", provider: "Azure")
        func take(_ message: USPMessage) throws -> RecognitionTurn.News { try turn.take(message) }
        #expect(try take(message("turn.start", [:])) == .nothing)
        #expect(try take(message("speech.hypothesis", ["Text": "hello"])) == .interim("hello"))
        #expect(try take(message("speech.fragment", ["Text": "hello"])) == .nothing)
        #expect(try take(phrase("Success", "Hello.")) == .interim("Hello."))
        #expect(try take(phrase("NoMatch")) == .nothing)
        #expect(try take(message("speech.hypothesis", ["Text": "how"])) == .interim("Hello. how"))
        let detailed: JSONValue = ["RecognitionStatus": "Success", "NBest": [["Display": "How are you?"]]]
        #expect(try take(message("Speech.Phrase", detailed)) == .interim("Hello. How are you?"))
        #expect(try take(phrase("InitialSilenceTimeout")) == .nothing)
        #expect(try take(phrase("BabbleTimeout")) == .nothing)
        #expect(try take(phrase("EndOfDictation")) == .nothing)
        #expect(try take(message("something.new", [:])) == .nothing)
        #expect(try take(message("turn.end", [:])) == .ended)
        #expect(turn.text == "Hello. How are you?")
    }

    @Test func languagesWithoutSpacesGetNone() throws {
        var turn = RecognitionTurn(language: "ja-JP", provider: "Azure")
        _ = try turn.take(phrase("Success", "こんにちは。"))
        _ = try turn.take(phrase("Success", "元気ですか。"))
        #expect(turn.text == "こんにちは。元気ですか。")
    }

    @Test(arguments: [
        ("Error", ProviderError.Code.unavailable), ("BadRequest", .rejected), ("Forbidden", .rejected),
        ("TooManyRequests", .rateLimited), ("Whatever", .protocolViolation), ("Success", .protocolViolation),
    ])
    func statusesThatEndIt(status: String, code: ProviderError.Code) throws {
        var turn = RecognitionTurn(language: "en-US", provider: "Azure")
        let error = #expect(throws: ProviderError.self) { try turn.take(phrase(status)) }
        #expect(error?.code == code && error?.isRetryable == [.unavailable, .rateLimited].contains(code))
    }

    // MARK: Word boundaries

    @Test(arguments: [
        ("It's 5 o'clock & <late>.", ["It's", "5", "o'clock", "late"], ["It's", "5", "o'clock", "late"]),
        // As they stand in the markup, too.
        ("R&D is \"fun\"", ["R&amp;D", "is", "fun"], ["R&D", "is", "fun"]),
        // A word that the service reads otherwise is passed over, and the next one found all the same.
        (
            "Pay $5 now or 5 later", ["Pay", "five dollars", "now", "or", "5", "later"],
            ["Pay", "now", "or", "5", "later"]
        ),
        ("go go go", ["go", "go", "go", "go"], ["go", "go", "go"]),
        // Not the `a` of `bank`.
        ("bank a", ["a"], ["a"]),
        ("今日は晴れ", ["今日", "は", "晴れ"], ["今日", "は", "晴れ"]),
        ("Straße ÉTÉ", ["straße", "été"], ["Straße", "ÉTÉ"]),
        ("be\u{7}ll rings", ["bell", "rings"], ["be\u{7}ll", "rings"]),
        ("", ["word"], []),
    ])
    func wordsAreFoundInOrder(text: String, words: [String], found: [String]) {
        var matcher = WordMatcher(text)
        let ranges = words.compactMap { matcher.find($0) }
        #expect(ranges.map { String(Array(text)[$0]) } == found)
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    }

    @Test func aWordFarAwayIsAnotherOne() {
        var matcher = WordMatcher("first " + String(repeating: "x ", count: 60) + "last")
        let far = matcher.find("last")
        let near = matcher.find("first")
        #expect(far == nil && near == 0..<5)
    }

    @Test(arguments: 0..<200) func theMatcherStaysInTheText(seed: Int) {
        var numbers = Seeded(seed)
        func text(_ longest: Int) -> String {
            String(
                (0..<Int.random(in: 0...longest, using: &numbers)).compactMap { _ in
                    "ab &;'İß\n".randomElement(using: &numbers)
                })
        }
        let whole = text(40)
        var matcher = WordMatcher(whole)
        var end = 0
        for _ in 0..<20 {
            guard let range = matcher.find(text(3)) else { continue }
            #expect(range.lowerBound >= end - 1 && range.upperBound <= whole.count && !range.isEmpty)
            end = range.upperBound
        }
    }

    @Test func impossibleBoundariesAreAViolation() {
        let bodies: [JSONValue] = [
            [:], ["Metadata": [["Type": "WordBoundary"]]],
            ["Metadata": [["Type": "WordBoundary", "Data": ["Offset": -1, "text": ["Text": "a"]]]]],
            ["Metadata": [["Type": "WordBoundary", "Data": ["Offset": .int(.max), "text": ["Text": "a"]]]]],
        ]
        for body in bodies {
            var turn = SynthesisTurn(text: "a", provider: "Azure")
            #expect(throws: ProviderError.self) { try turn.take(message("audio.metadata", body)) }
        }
    }

    @Test func endpoints() {
        #expect(AzureEndpoints(region: "westeurope")?.synthesis == "wss://westeurope.tts.speech.microsoft.com")
        #expect(AzureEndpoints(region: "chinaeast2")?.recognition == "wss://chinaeast2.stt.speech.azure.cn")
        #expect(AzureEndpoints(region: "evil.example/") == nil && AzureEndpoints(region: "") == nil)
        #expect(AzureEndpoints(host: "http://127.0.0.1:8/").recognition == "ws://127.0.0.1:8")
        #expect(AzureEndpoints(host: "https://box").synthesis == "wss://box")
    }
}
