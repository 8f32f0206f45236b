/** "en Pologne", "au Canada", "aux Pays-Bas", "à Singapour": French chooses by the country's gender and number. */

const AU = new Set(
  "AF AZ BD BJ BT BR BN BF BI KH CM CA TD CL CG CD CR DK SV GA GH GT HN JP KZ KE KG XK KW LS LB LR LI LU MW ML MA MZ MM NP NI NE NG PK PA PY PE PT QA GB RW SN SD SS LK SR TJ TG TL TM VU VE VN YE ZW ME MX".split(" "),
);
const AUX = new Set("AE BS BM FJ KY KM MH MV NL PH PW SB SC US VG VI".split(" "));
const A = new Set("BB BH CU CY DJ HK KI MC MG MO MT MU NR NU SG SM ST TT TW WS".split(" "));

/** @param {string} code ISO 3166 @param {string} name in French */
export function inFrench(code, name) {
  if (AU.has(code)) return `au ${name}`;
  if (AUX.has(code)) return `aux ${name}`;
  if (A.has(code)) return `à ${name}`;
  return `en ${name}`;
}
