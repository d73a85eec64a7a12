import Foundation
import ProviderKit
import Session
import Testing

@testable import Dialects

/// Pictures that come with typed words.
@Suite struct PictureMessageTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2]

    private func url(_ kind: String, _ bytes: [UInt8]) -> String {
        "data:image/\(kind);base64," + Data(bytes).base64EncodedString()
    }

    private func message(_ image: String, type: String = "input_text") -> BridgeDecoder.Message {
        BridgeDecoder.read(Array(#"{"type": "\#(type)", "text": "What is it?", "image": "\#(image)"}"#.utf8))
    }

    private func code(_ message: BridgeDecoder.Message) -> String? {
        if case .signal(.malformed(let problem)) = message.input { problem.code } else { nil }
    }

    @Test(
        arguments: [
            ("png", png), ("jpeg", [0xFF, 0xD8, 0xFF, 0xE0]), ("gif", Array("GIF89a…".utf8)),
            ("gif", Array("GIF87a".utf8)),
            ("webp", Array("RIFF1234WEBPVP8 ".utf8)),
        ] as [(String, [UInt8])])
    func everyKindIsTaken(_ kind: String, bytes: [UInt8]) {
        let read = message(url(kind, bytes))
        #expect(read.input == .signal(.text("What is it?")))
        #expect(
            read.picture?.kind.rawValue == kind && read.picture?.bytes == bytes && read.picture?.size == bytes.count)
    }

    /// The picture comes before the words that ask about it.
    @Test func thePictureComesFirst() throws {
        var dialect = BridgeDialect()
        let text = #"{"type": "input_text", "text": "What is it?", "image": "\#(url("png", Self.png))"}"#
        let picture = try #require(Picture(.png, Self.png))
        #expect(
            dialect.read(.text(text), now: .zero).inputs == [
                .signal(.picture(picture)), .signal(.text("What is it?")),
            ])
    }

    @Test(arguments: [
        ("", "invalid_image"), ("https://example.org/a.png", "invalid_image"),
        ("data:image/svg+xml;base64,AAAA", "invalid_image"), ("data:image/png,AAAA", "invalid_image"),
        ("data:image/png;base64,", "bad_base64"), ("data:image/png;base64,iVBOR*", "bad_base64"),
        ("data:image/png;base64,iVBORw0KGgo", "bad_base64"), ("data:image/png;base64,AAAA", "image_mismatch"),
        ("data:image/jpeg;base64,iVBORw0KGgo=", "image_mismatch"),
        ("data:image/webp;base64,UklGRg==", "image_mismatch"),
    ])
    func whatIsNoPictureIsRefused(_ image: String, refusal: String) {
        let read = message(image)
        #expect(code(read) == refusal && read.picture == nil)
        #expect(read.subject.type == "input_text")
    }

    @Test func aPictureHasABound() {
        let largest = Self.png + Array(repeating: 7, count: Picture.largest - Self.png.count)
        #expect(message(url("png", largest)).picture?.size == Picture.largest)
        #expect(code(message(url("png", largest + [7]))) == "image_too_large")
        #expect(code(message(url("png", largest + Array(repeating: 7, count: 100)))) == "image_too_large")
        // Only typed words may have one; elsewhere it is too much beside audio.
        #expect(code(message(url("png", largest), type: "PONG")) == "message_too_large")
        let text = String(repeating: "x", count: 70_000)
        let long = #"{"type": "input_text", "text": "\#(text)", "image": "\#(url("png", Self.png))"}"#
        #expect(code(BridgeDecoder.read(Array(long.utf8))) == "message_too_large")
    }

    @Test func anImageThatIsNoTextIsRefused() {
        for value in ["1", "{}", "[\"data:\"]", "true"] {
            let read = BridgeDecoder.read(Array(#"{"type": "input_text", "text": "a", "image": \#(value)}"#.utf8))
            #expect(code(read) == "invalid_field")
        }
        let none = BridgeDecoder.read(Array(#"{"type": "input_text", "text": "a", "image": null}"#.utf8))
        #expect(none.input == .signal(.text("a")) && none.picture == nil)
    }
}
