import Testing

@testable import ModelFetch

@Suite struct PackageIndexTests {
    private func configured(_ environment: [String: String], _ files: [String: String] = [:]) -> String? {
        PackageIndex.configured(environment: environment.merging(["HOME": "/h"]) { old, _ in old }) { files[$0] }
    }

    @Test func theEnvironmentIsStrongerThanFiles() {
        let files = ["/etc/pip.conf": "[global]\nindex-url = https://etc/simple\n"]
        #expect(configured([:]) == nil)
        #expect(configured([:], files) == "https://etc/simple")
        #expect(configured(["PIP_INDEX_URL": "https://pip/simple/"], files) == "https://pip/simple")
        #expect(
            configured(["PIP_INDEX_URL": "https://pip", "PARLEY_INDEX_URL": "https://own//"], files) == "https://own")
        #expect(configured(["PIP_INDEX_URL": "", "PARLEY_INDEX_URL": ""], files) == "https://etc/simple")
    }

    @Test func filesAreReadInPipsOrder() {
        func conf(_ host: String) -> String { "[global]\nindex-url=https://\(host)/simple" }
        var files = [
            "/etc/pip.conf": conf("etc"), "/h/.pip/pip.conf": conf("old"), "/h/.config/pip/pip.conf": conf("new"),
        ]
        #expect(configured([:], files) == "https://new/simple")
        #expect(configured(["XDG_CONFIG_HOME": "/x"], files) == "https://old/simple")
        files["/named"] = conf("named")
        #expect(configured(["PIP_CONFIG_FILE": "/named"], files) == "https://named/simple")
        #expect(configured(["PIP_CONFIG_FILE": "/dev/null"], files) == nil)
        // A file without an index does not hide the next.
        files["/named"] = "[global]\ncert = /x\n"
        #expect(configured(["PIP_CONFIG_FILE": "/named"], files) == "https://new/simple")
    }

    @Test(arguments: [
        ("[global]\nindex_url: https://a/simple", "https://a/simple"),
        ("; x\n[Global]\n# index-url = no\n index-url =  https://u:p=w@a/s  \n", "https://u:p=w@a/s"),
        ("[global]\r\nindex-url = https://g\r\n[download]\r\nindex-url = https://d\r\n", "https://d"),
        ("[install]\nindex-url = https://i", nil), ("index-url = https://i", nil), ("[global]\nindex-url =", nil),
        ("[global]\nextra-index-url = https://i", nil), ("", nil),
    ])
    func configurationsAreUnderstood(text: String, url: String?) {
        #expect(PackageIndex.indexURL(inConfiguration: text) == url)
    }

    @Test(arguments: [
        (#"<a href="https://f.example/p/w-1.whl#sha256=00">w</a>"#, "https://f.example/p/w-1.whl"),
        (#"<a href='../../p/w-1.whl'>w</a>"#, "https://me:pw@i.example/p/w-1.whl"),
        (#"<A data-x="1" HREF = "/p/w-1.whl?a=1&amp;b=2#x">w</A>"#, "https://me:pw@i.example/p/w-1.whl?a=1&b=2"),
        (#"<a href="w%2D1.whl">w</a>"#, "https://me:pw@i.example/simple/w/w%2D1.whl"),
        (#"<a href="https://i.example:444/w-1.whl">w</a>"#, "https://i.example:444/w-1.whl"),
        (#"<a href="w-1.whl.metadata">w</a> <a href="x/other-w-1.whl">"#, nil), ("", nil),
    ])
    func linksOfAPageAreFound(html: String, address: String?) {
        let page = IndexPage(address: "https://me:pw@i.example/simple/w/", html: html)
        #expect(page.address(of: "w-1.whl") == address)
    }
}
