import Foundation
import FoundationXML
import ProviderKit

/// What is asked for in a document of SSML, as far as the stand-in can speak it: one voice, one pace.
struct AzureSSML: Equatable {
    /// A document that the service would not take; the text is for its client.
    struct Fault: Error, Equatable {
        var message: String
    }

    /// The words between the tags.
    var text: String
    var voice: VoiceRequest

    /// Reads and checks a document as the service does.
    init(_ document: String) throws(Fault) {
        let reader = Reader()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = reader
        let isRead = parser.parse()
        if let fault = reader.fault { throw fault }
        guard isRead else { throw Fault(message: "SSML parsing error: the document is not well-formed XML.") }
        guard let voice = reader.voice else {
            throw Fault(message: "SSML parsing error: the voice element is missing.")
        }
        text = reader.text
        self.voice = VoiceRequest(name: voice, language: reader.language, speed: reader.speed)
    }

    /// Takes the parts as the parser finds them. Used in one place, by one thread.
    private final class Reader: NSObject, XMLParserDelegate {
        var text = ""
        var voice: String?
        var language = "en-US"
        var speed = 1.0
        var fault: Fault?
        private var depth = 0

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            depth += 1
            switch name {
            case "speak" where depth == 1: begin(parser, attributes)
            case _ where depth == 1: stop(parser, "the root element must be speak.")
            case "voice":
                guard let name = attributes["name"], !name.isEmpty else {
                    return stop(parser, "the voice element has no name.")
                }
                guard VoiceCatalogue.locale(of: name) != nil else { return stop(parser, "Unsupported voice.") }
                voice = voice ?? name
            case "prosody":
                guard let rate = attributes["rate"] else { return }
                guard let speed = Self.speed(rate) else { return stop(parser, "the rate of prosody is invalid.") }
                self.speed = speed
            default: break
            }
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            depth -= 1
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func parser(_ parser: XMLParser, foundCDATA block: Data) { text += String(decoding: block, as: UTF8.self) }

        private func begin(_ parser: XMLParser, _ attributes: [String: String]) {
            guard attributes["version"] != nil else { return stop(parser, "speak has no version.") }
            guard attributes["xmlns"] == "http://www.w3.org/2001/10/synthesis" else {
                return stop(parser, "speak is not in the namespace of SSML.")
            }
            guard let language = attributes["xml:lang"], !language.isEmpty else {
                return stop(parser, "speak has no xml:lang.")
            }
            self.language = language
        }

        private func stop(_ parser: XMLParser, _ message: String) {
            fault = fault ?? Fault(message: "SSML parsing error: \(message)")
            parser.abortParsing()
        }

        /// `+25%`, `-10.00%`, `1.25` or a word.
        private static func speed(_ rate: String) -> Double? {
            let words = ["x-slow": 0.5, "slow": 0.64, "medium": 1, "default": 1, "fast": 1.55, "x-fast": 2]
            if let word = words[rate] { return word }
            guard rate.hasSuffix("%") else { return Double(rate).map { min(2, max(0.5, $0)) } }
            return Double(rate.dropLast()).map { min(2, max(0.5, 1 + $0 / 100)) }
        }
    }
}
