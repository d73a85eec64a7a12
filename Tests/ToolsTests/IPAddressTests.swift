import ProjectModel
import TestSupport
import Testing
import Tools

@Suite("Which addresses are public")
struct IPAddressTests {
    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255", "192.169.0.0", "198.17.0.0", "198.20.0.0", "223.255.255.255", "2606:4700:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
    ])
    func publicOnes(text: String) { #expect(IPAddress(text)?.isPublic == true) }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.0.8", "198.18.0.1", "198.19.255.255",
        "224.0.0.1",
        "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12:3456::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1",
        "2002:a00:1::1",
        "2001::1", "2001:db8::1", "::127.0.0.1", "3fff::1", "fec0::1",
        // As libcurl reads them
        "127.1", "0x7f000001", "0x7f.1", "017700000001", "2130706433", "0177.0.0.1", "10.1", "127.0.0.1.",
    ])
    func othersAreNot(text: String) { #expect(IPAddress(text)?.isPublic == false) }

    @Test(arguments: [
        "", ".", "a", "clinic.example", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "1..2", "4294967296", "08.1.1.1",
        "-1.1.1.1", ":", ":::",
        "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1.2.3", "1.2.3.4::",
    ])
    func names(text: String) { #expect(IPAddress(text) == nil) }

    @Test func bytes() {
        #expect(IPAddress([1, 2, 3] as [UInt8]) == nil)
        #expect(IPAddress("2001:db8::a:1")?.bytes == [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0, 1])
        #expect(IPAddress("1.2.3.4")?.bytes == [1, 2, 3, 4] && IPAddress("1.16777216") == nil)
        #expect(!AddressGuard.allows([]) && !AddressGuard.allows([127, 0, 0, 1]) && AddressGuard.allows([8, 8, 8, 8]))
    }

    @Test("An IPv4 address within an IPv6 one is judged as itself", arguments: 0..<300)
    func mapped(seed: Int) throws {
        var random = Seeded(seed)
        let bytes = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
        let text = bytes.map(String.init).joined(separator: ".")
        let plain = try #require(IPAddress(text))
        #expect(plain.bytes == bytes)
        #expect(IPAddress("::ffff:\(text)")?.isPublic == plain.isPublic)
        #expect(IPAddress("64:ff9b::\(text)")?.isPublic == plain.isPublic)
    }
}
