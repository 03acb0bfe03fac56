# SPDX-License-Identifier: MIT
"""The structs and numbers of ensemble.py are those of the header, which a C compiler reads here."""
import ctypes
import os
import re
import subprocess
import tempfile
import unittest

import ensemble

STRUCTS = {"output": ensemble._Output, "call": ensemble._Call, "report": ensemble._Report,
           "fit_options": ensemble._FitOptions, "fit_report": ensemble._FitReport, "options": ensemble._Options}
NAMES = {"": ensemble.METHODS, "SPACE": ensemble.SPACES, "RESULT_": ensemble.FORMS, "SCORE_": ensemble.SCORES,
         "SIMILARITY_": ensemble.SIMILARITIES, "FIT_": ensemble.FITS, "CONSTRAINT": ensemble.CONSTRAINTS,
         "PARAMETER": ensemble.PARAMETERS}


def header():
    with open("include/ensemble.h", encoding="ascii") as file:
        return re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)


class Layout(unittest.TestCase):
    def test_structs_are_laid_out_as_in_c(self):
        lines = ["#include <ensemble.h>", "#include <stdio.h>", "int main(void)", "{"]
        expected = []
        for name, struct in STRUCTS.items():
            lines.append(f'    printf("{name} %zu\\n", sizeof(struct ensemble_{name}));')
            expected.append(f"{name} {ctypes.sizeof(struct)}")
            for field, _ in struct._fields_:
                lines.append(f'    printf("{name}.{field} %zu\\n", offsetof(struct ensemble_{name}, {field}));')
                expected.append(f"{name}.{field} {getattr(struct, field).offset}")
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "layout")
            with open(program + ".c", "w", encoding="ascii") as file:
                file.write("\n".join([*lines, "    return 0;", "}", ""]))
            compiler = os.environ.get("CC", "cc").split()
            subprocess.run([*compiler, "-Iinclude", program + ".c", "-o", program], check=True)
            found = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split("\n")[:-1]
        self.assertEqual(found, expected)

    def test_every_field_of_the_structs_is_there(self):
        for name, struct in STRUCTS.items():
            body = re.search(rf"struct ensemble_{name} {{(.*?)\n}};", header(), re.DOTALL).group(1)
            fields = re.findall(r"(?:\(\*)?(\w+)(?:\)\([^;]*\))?;", body)
            self.assertEqual(fields, [field for field, _ in struct._fields_], name)

    def test_names_have_the_numbers_of_the_header(self):
        numbers = dict(re.findall(r"\bENSEMBLE_(\w+) = (-?\d+)", header()))
        for prefix, names in NAMES.items():
            prefix = prefix if prefix.endswith("_") else ""
            for name, number in names.items():
                self.assertEqual(int(numbers[prefix + name.upper()]), number, name)
        for prefix in ("RESULT_", "SCORE_", "SIMILARITY_"):
            known = [name for name in numbers if name.startswith(prefix)]
            self.assertEqual(len(known), len(NAMES[prefix]), f"of {known}, some are not known")

    def test_every_function_that_is_used_has_the_types_of_the_header(self):
        """The number of arguments, and for each whether it is an address, a double, or of which size a number is."""
        kinds = {"size_t": ctypes.sizeof(ctypes.c_size_t), "int32_t": 4, "int": 4, "double": "double"}
        checked = 0
        for name, arguments in re.findall(r"\bensemble_(\w+)\(([^;]*)\);", header()):
            if name not in vars(ensemble._lib) and "ensemble_" + name not in vars(ensemble._lib):
                continue
            found = [("double" if kind is ctypes.c_double else ctypes.sizeof(kind))
                     if not issubclass(kind, (ctypes._Pointer, ctypes.c_void_p, ctypes.c_char_p)) else "address"
                     for kind in getattr(ensemble._lib, "ensemble_" + name).argtypes or ()]
            wanted = ["address" if "*" in argument else kinds[argument.split()[-2]]
                      for argument in arguments.split(",") if argument != "void"]
            self.assertEqual(found, wanted, name)
            checked += 1
        self.assertGreater(checked, 30)


if __name__ == "__main__":
    unittest.main()
