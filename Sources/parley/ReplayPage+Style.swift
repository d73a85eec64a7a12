extension ReplayPage {
    /// How the page looks, in light and dark.
    static let style = """
        :root { color-scheme: light dark; --ground: #fbfaf8; --panel: #fff; --ink: #1c1b1a; --quiet: #6b6862;
          --line: #dcd8d0; --caller: #1769aa; --speech: #1769aa; --count: #8a5a00; --lock: #d9d4c8; --grace: #e9dcf3;
          --stop: #b3261e; --go: #2e7d32; --unknown: #7b1fa2; --a0: #f0b95b; --a1: #8fc7a3; --a2: #e59a9a; --a3: #a9b8e8;
          --onblock: #1c1b1a; }
        @media (prefers-color-scheme: dark) { :root { --ground: #161618; --panel: #1f1f22; --ink: #ececec; --quiet: #a3a09a;
          --line: #3a3a3e; --caller: #63b3ff; --speech: #63b3ff; --count: #f0b95b; --lock: #34343a; --grace: #3a2f49;
          --stop: #ff8a80; --go: #81c784; --unknown: #d79bf0; --a0: #b9842b; --a1: #4f8d66; --a2: #a85b5b; --a3: #6074b4;
          --onblock: #fff; } }
        * { box-sizing: border-box; }
        body { margin: 0; padding: 24px 28px 64px; background: var(--ground); color: var(--ink);
          font: 15px/1.45 system-ui, sans-serif; }
        main { max-width: 1500px; margin: 0 auto; }
        h1 { font-size: 22px; margin: 0 0 2px; } h2 { font-size: 16px; margin: 28px 0 8px; }
        p { margin: 0 0 6px; } .quiet { color: var(--quiet); }
        code { font: 13px ui-monospace, monospace; background: var(--panel); border: 1px solid var(--line);
          border-radius: 4px; padding: 1px 6px; }
        table { border-collapse: collapse; width: 100%; background: var(--panel); border: 1px solid var(--line); }
        th, td { text-align: left; vertical-align: top; padding: 5px 10px; border-top: 1px solid var(--line); }
        thead th { border-top: 0; font-weight: 600; font-size: 13px; color: var(--quiet); }
        td.t { font-variant-numeric: tabular-nums; white-space: nowrap; color: var(--quiet); width: 76px; }
        td.num { font-variant-numeric: tabular-nums; }
        tr.changed td { background: color-mix(in srgb, var(--stop) 9%, transparent); }
        tr.later td { background: color-mix(in srgb, var(--count) 9%, transparent); }
        tr[data-t] { cursor: pointer; } tr[data-t]:hover td { outline: 1px solid var(--line); }
        .summary { max-width: 760px; }
        .bar { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin: 18px 0 8px; }
        button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
          border-radius: 6px; padding: 4px 12px; cursor: pointer; }
        button:focus-visible, #chart:focus-visible, tr:focus-visible { outline: 3px solid var(--caller); outline-offset: 1px; }
        #chart { display: block; width: 100%; background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
          touch-action: none; user-select: none; }
        #chart text { font: 12px system-ui, sans-serif; fill: var(--ink); } #chart text.quiet { fill: var(--quiet); }
        #chart text.run { font-weight: 600; font-size: 13px; } #chart text.block { fill: var(--onblock); }
        #readout { min-height: 92px; margin: 8px 0 0; font-variant-numeric: tabular-nums; background: var(--panel);
          border: 1px solid var(--line); border-radius: 6px; padding: 6px 12px; }
        .key { display: inline-flex; align-items: center; gap: 5px; font-size: 13px; color: var(--quiet); }
        .key i { width: 14px; height: 12px; border-radius: 2px; display: inline-block; }
        b.who { font-weight: 600; } .unknown { color: var(--unknown); }
        """
}
