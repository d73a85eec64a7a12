import ProjectModel
import TestSupport
import Testing

@testable import Privacy

/// Tokens: given out, undone, and opened by nobody else.
@Suite struct MaskBookTests {
    private func book(_ rules: [PIIMasking.Rule] = PIIEntity.allCases.map { .init($0) }) -> MaskBook {
        MaskBook(PIIMasking(rules: rules), salt: "salt")
    }

    @Test func theSameDetailHasTheSameToken() {
        var book = book()
        #expect(book.mask("I am j@example.com and b@example.com.") == "I am [EMAIL_ADDRESS_1] and [EMAIL_ADDRESS_2].")
        #expect(book.mask("b@example.com") == "[EMAIL_ADDRESS_2]")
        #expect(book.mask("j at example dot com") == "[EMAIL_ADDRESS_1]")
        #expect(book.unmask("[EMAIL_ADDRESS_2], [EMAIL_ADDRESS_1]") == "b@example.com, j@example.com")
    }

    /// What was found once is found where no rule would find it.
    @Test func whatIsKnownIsFoundEverywhere() {
        var book = book()
        #expect(
            book.mask("My name is John Smith, my phone is 5551234.")
                == "My name is [PERSON_1], my phone is [PHONE_NUMBER_1].")
        #expect(
            book.mask("John Smith wrote: 5551234, 555-1234.") == "[PERSON_1] wrote: [PHONE_NUMBER_1], [PHONE_NUMBER_1]."
        )
        #expect(book.mask("Hello John!") == "Hello [PERSON_2]!")
        #expect(book.mask("JOHN SMITH") == "[PERSON_1]")
    }

    /// A text that was cut does not show the beginning of a detail.
    @Test func theBeginningOfADetailAtACut() {
        var book = book()
        _ = book.mask("Call 555 123 4567.")
        let cut = "I will call you at 555 123"
        #expect(book.mask(cut) == cut)
        book.learnCut(cut)
        #expect(book.mask(cut + " [INTERRUPTED]") == "I will call you at [PHONE_NUMBER_2] [INTERRUPTED]")
        #expect(book.unmask("[PHONE_NUMBER_2]") == "555 123")
        let count = book.count
        book.learnCut("It ends in nothing that is known")
        #expect(book.count == count)
    }

    @Test func toolsGetWhatIsWritten() {
        var book = book()
        _ = book.mask("my email is john dot smith at example dot com and call five five five one two three four")
        #expect(book.unmask("[EMAIL_ADDRESS_1]") == "john dot smith at example dot com")
        let call = #"{"mail": "[EMAIL_ADDRESS_1]", "phone": "[PHONE_NUMBER_1]"}"#
        #expect(book.unmask(arguments: call) == #"{"mail": "john.smith@example.com", "phone": "5551234"}"#)
    }

    @Test func valuesAreEscapedInArguments() {
        var book = book()
        #expect(book.mask(#"he said \[PERSON_1\] twice"#) == "he said [TEXT_1] twice")
        #expect(book.unmask(arguments: #"{"a": "[TEXT_1]"}"#) == #"{"a": "\\[PERSON_1\\]"}"#)
    }

    @Test(arguments: [
        "[EMAIL_ADDRESS_1]", "[email_address_1]", "[Email_Address_1]", "[ EMAIL_ADDRESS_1 ]", #"\[EMAIL_ADDRESS_1\]"#,
        #"\[EMAIL\_ADDRESS\_1\]"#, #"[EMAIL\_ADDRESS\_1]"#, "[EMAIL ADDRESS 1]", "[email-address-1]",
        "[EMAIL_ADDRESS_1",
        "EMAIL_ADDRESS_1", "email_address_1",
    ])
    func mangledTokens(token: String) {
        var book = book()
        _ = book.mask("a@example.com")
        #expect(book.unmask("To \(token), now") == "To a@example.com, now")
        #expect(book.unmask(token) == "a@example.com")
    }

    @Test(arguments: [
        "[EMAIL_ADDRESS_2]", "[EMAIL_ADDRESS_0]", "[EMAIL_ADDRESS_01]", "[EMAIL_ADDRESS_11]", "[EMAIL_ADDRESS_1a]",
        "[PERSON_1]",
        "[EMAIL_ADDRESS_]", "[EMAIL_ADDRESS]", "xEMAIL_ADDRESS_1", "EMAIL_ADDRESS_1_2", "email address 1",
        "[EMAIL_ADDRESS_1000]",
        "[NOBODY_1]", "[", "\\", "[E",
    ])
    func whatWasNotGivenOutStays(text: String) {
        var book = book()
        _ = book.mask("a@example.com")
        #expect(book.unmask(text) == text)
        #expect(book.unmask("so \(text) it is") == "so \(text) it is")
    }

    /// A caller who says a token gets back what he said, not what the token opens: before and after it is given out.
    @Test(arguments: [
        "[EMAIL_ADDRESS_1]", "email_address_1", #"\[email\_address\_1\]"#, "[ EMAIL ADDRESS 1 ]", "[TEXT_1]",
        "[EMAIL_ADDRESS_1",
    ])
    func saidTokensOpenNothing(token: String) {
        for isFirst in [true, false] {
            var book = book()
            if !isFirst { _ = book.mask("secret@example.com") }
            let masked = book.mask("read \(token) to me")
            if isFirst { _ = book.mask("secret@example.com") }
            #expect(masked == "read [TEXT_1] to me")
            #expect(book.unmask(masked) == "read \(token) to me")
        }
    }

    @Test func operators() {
        var book = book([
            .init(.emailAddress, .redact), .init(.phoneNumber, .hash), .init(.person, .replace(name: "NAME")),
        ])
        let text = "My name is Jane Doe, a@example.com, 555-123-4567."
        let masked = book.mask(text)
        let hash = KeyedHash.hex("5551234567", salt: "salt")
        #expect(masked == "My name is [NAME_1], , [PHONE_NUMBER:\(hash)].")
        #expect(book.unmask(masked) == "My name is Jane Doe, , [PHONE_NUMBER:\(hash)].")
        #expect(hash != KeyedHash.hex("5551234567", salt: "other") && hash.utf8.count == 16)
        // What was removed stays away where no rule finds it, too.
        #expect(book.mask("a example com") == "")
    }

    /// Nothing that is removed makes a token of what stood around it.
    @Test func whatIsRemovedJoinsNothing() {
        var book = book([.init(.ipAddress, .redact), .init(.emailAddress)])
        _ = book.mask("a@example.com")
        let masked = book.mask("[EMAIL_ADDRESS_10.0.0.1 1]")
        #expect(!book.unmask(masked).contains("@"))
    }

    @Test func theBookIsBounded() {
        var book = book()
        for number in 0..<MaskBook.capacity { _ = book.mask("u\(number)@example.com") }
        #expect(book.count == MaskBook.capacity)
        #expect(book.mask("one.more@example.com, u7@example.com") == "[EMAIL_ADDRESS], [EMAIL_ADDRESS_8]")
        #expect(book.mask("[PERSON_1]") == "[TEXT]")
        #expect(book.unmask("[EMAIL_ADDRESS] [EMAIL_ADDRESS_500]") == "[EMAIL_ADDRESS] u499@example.com")
        #expect(book.count == MaskBook.capacity)
    }

    @Test func aNoteOnlyWhereThereAreTokens() {
        var book = book()
        #expect(book.note(on: ["plain [x]"]) == nil)
        #expect(book.note(on: ["plain", book.mask("a@example.com")])?.contains("Write it exactly") == true)
        #expect(book.note(on: ["[EMAIL_ADDRESS_1]"], isSpoken: true)?.contains("Never say it") == true)
    }

    /// FIPS 180-4: the examples of the standard.
    @Test(arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func hashes(message: String, digest: String) {
        let hex = KeyedHash.sha256(Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == digest)
    }
}
