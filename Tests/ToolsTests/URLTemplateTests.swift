import ProjectModel
import TestSupport
import Testing

@Suite("Addresses with arguments")
struct URLTemplateTests {
    @Test func argumentsTakeTheirPlaces() throws {
        let template = try URLTemplate("https://clinic.example:8443/slots/{day}/of-{doctor}?q={q}&v=1")
        #expect(template.names == ["day", "doctor", "q"] && template.namesInPath == ["day", "doctor"])
        #expect(template.host == "clinic.example")
        let address = try template.address(
            ["day": "2026-01-31", "doctor": "Ö & Co", "q": "a=b&c"], query: [("x y", "1?")])
        #expect(
            address
                == "https://clinic.example:8443/slots/2026-01-31/of-%C3%96%20%26%20Co?q=a%3Db%26c&v=1&x%20y=1%3F")
        #expect(
            try URLTemplate("http://a.example").address([:], query: [("n", "1"), ("m", "")])
                == "http://a.example?n=1&m=")
        #expect(try URLTemplate("http://a.example/x?").address([:], query: [("n", "1")]) == "http://a.example/x?n=1")
        #expect(
            try URLTemplate("http://a.example/x?q={q}").address([:]) == "http://a.example/x?q=", "it may be left out")
    }

    @Test(arguments: [
        ("a/b", "a%2Fb"), ("%2f", "%252f"), ("?x=1", "%3Fx%3D1"), ("#top", "%23top"), ("a@b:c", "a%40b%3Ac"),
        ("é", "%C3%A9"),
        ("😀", "%F0%9F%98%80"), ("...", "..."), ("a..b", "a..b"), ("{day}", "%7Bday%7D"), (" ", "%20"), ("+", "%2B"),
        ("~-_.x", "~-_.x"),
    ])
    func inAPathTheyAreEncoded(value: String, encoded: String) throws {
        #expect(
            try URLTemplate("https://a.example/x/{day}/y").address(["day": value]) == "https://a.example/x/\(encoded)/y"
        )
    }

    @Test(arguments: ["", ".", "..", "../x", "x/..", "a/../b", "..\\x", "x/.", "a\nb", "a\r\nHost: b", "\0", "\u{7F}"])
    func whatCouldChangeThePathIsRefused(value: String) throws {
        let template = try URLTemplate("https://a.example/x/{day}")
        #expect(throws: URLTemplate.Refusal.self) { try template.address(["day": value]) }
    }

    @Test func twoArgumentsDoNotMakeAStep() throws {
        let template = try URLTemplate("https://a.example/{a}{b}/y")
        #expect(throws: URLTemplate.Refusal.self) { try template.address(["a": ".", "b": "."]) }
        let beside = try URLTemplate("https://a.example/.{a}/y")
        #expect(throws: URLTemplate.Refusal.self) { try beside.address(["a": "."]) }
        #expect(throws: URLTemplate.Refusal.self) { try template.address(["a": "x"]) }
    }

    @Test(arguments: [
        "", "a.example/x", "ftp://a.example", "https://", "https:///x", "https://?x", "https://{host}/x",
        "https://a.{tld}/x",
        "https://u:p@a.example", "https://a.example#x", "https://a.example/{day", "https://a.example/day}",
        "https://a.example/{}",
        "https://a.example/{a b}", "https://a.example/{a/b}", "https://a.example/ä", "https://a.example/ x",
        "https://a.example:0/",
        "https://a.example:99999/", "https://a.example:x/", "https://a.example\\@b.example/", "https://a.example/\\x",
        "https://[::1",
        "https://a b/", "https://a.example/" + String(repeating: "x", count: 9000),
    ])
    func whatIsNoAddress(text: String) {
        #expect(throws: URLTemplate.Problem.self) { try URLTemplate(text) }
    }

    @Test func anAddressIsBounded() throws {
        let template = try URLTemplate("https://a.example/{a}")
        let longest = URLTemplate.longestAddress - "https://a.example/".count
        #expect(
            try template.address(["a": String(repeating: "x", count: longest)]).utf8.count == URLTemplate.longestAddress
        )
        #expect(throws: URLTemplate.Refusal.self) {
            try template.address(["a": String(repeating: "x", count: longest + 1)])
        }
    }

    @Test("Whatever an argument is, host and number of parts stay", arguments: 0..<300)
    func structureStays(seed: Int) throws {
        var random = Seeded(seed)
        let pieces = [
            "a", "/", "\\", "..", ".", "?", "#", "@", ":", "%2f", "%", "&", "=", "\n", "é", "\u{202E}", " ", ";",
            "//evil.example",
        ]
        let value = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
            .joined()
        let template = try URLTemplate("https://a.example/x/{p}/y?q={q}&r=1")
        guard let address = try? template.address(["p": value, "q": value], query: [(value, value)]) else { return }
        #expect(address.hasPrefix("https://a.example/x/"))
        #expect(address.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        let path = address.dropFirst("https://a.example/".count).prefix { $0 != "?" }
        #expect(path.split(separator: "/", omittingEmptySubsequences: false).count == 3)
        #expect(!path.split(separator: "/").contains { [".", ".."].contains($0) })
        #expect(address.count { $0 == "?" } == 1 && address.count { $0 == "&" } == 2 && !address.contains("#"))
    }
}
