# SPDX-License-Identifier: GPL-3.0-or-later
"""What `cmake --install` puts where, and the console's entry in menus, which takes belfry:// links."""
import configparser
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from cluster import BIN


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = pathlib.Path(folder.name)
        subprocess.run(["cmake", "--install", BIN.parent, "--prefix", self.prefix, "--component", "console"], check=True, stdout=subprocess.DEVNULL)
        self.desktop = self.prefix / "share/applications/belfry-console.desktop"

    def test_the_console_with_its_entry_and_icon(self):
        files = {str(file.relative_to(self.prefix)) for file in self.prefix.rglob("*") if file.is_file()}
        files.discard("share/applications/mimeinfo.cache")
        self.assertEqual(files, {"bin/belfry-console", "share/applications/belfry-console.desktop", "share/icons/hicolor/scalable/apps/belfry-console.svg"})
        subprocess.run([self.prefix / "bin/belfry-console", "--version"], check=True, env={"QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.DEVNULL)

    def test_the_entry_takes_links(self):
        entry = configparser.RawConfigParser(interpolation=None)
        entry.optionxform = str
        entry.read(self.desktop, encoding="utf-8")
        entry = entry["Desktop Entry"]
        self.assertEqual(entry["Type"], "Application")
        self.assertIn("x-scheme-handler/belfry", entry["MimeType"].split(";"))
        program, argument = entry["Exec"].split()
        self.assertTrue((self.prefix / "bin" / program).exists())
        self.assertEqual(argument, "%u")
        icon = self.prefix / f"share/icons/hicolor/scalable/apps/{entry['Icon']}.svg"
        self.assertEqual(xml.etree.ElementTree.parse(icon).getroot().get("viewBox"), "0 0 64 64")

    @unittest.skipUnless(shutil.which("desktop-file-validate"), "desktop-file-validate is not here")
    def test_the_entry_is_valid(self):
        subprocess.run(["desktop-file-validate", self.desktop], check=True)


if __name__ == "__main__":
    unittest.main()
