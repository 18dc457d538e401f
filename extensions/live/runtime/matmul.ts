// C = A B for NumPy arrays, in AssemblyScript; T is f32 or f64. In a browser NumPy has no BLAS: its own product does one
// multiplication at a time, this one a whole vector of them, and its inner loop reads B from contiguous memory.
//
// It works in Python's memory, so that no number is copied into another one. dlcore/products.py calls it.

// Summed at the same time are 4 rows of C, two vectors of each: these sums stay in the processor's registers.
const ROWS: usize = 4;
const PANEL_ROW: usize = 32; // bytes: two vectors, 8 columns of f32 or 4 of f64
const TERMS: usize = 256; // of each sum at a time, so that a panel of B stays in the processor's nearest cache

// All memory is Python's: what is needed beside the arrays, Python's own allocator gives.
@external("python", "_PyMem_RawMalloc")
declare function allocate(bytes: usize): usize;
const panel = allocate(TERMS * PANEL_ROW);
const sums = allocate(PANEL_ROW);

// The first fields of PyArrayObject, as NumPy's C interface promises them. Python's id() of an array is its address.
@unmanaged
class NumPyArray {
  references: usize;
  type: usize;
  data: usize;
  dimensions: usize;
  shape: usize;
  strides: usize;

  // Axes are counted from the last: 0 the columns, 1 the rows, 2 the matrices of a stack.
  size(axis: usize): usize {
    return axis < this.dimensions ? load<usize>(this.shape + this.offset(axis)) : 1;
  }

  // In bytes. The one matrix that is no stack serves for each of the other factor's.
  stride(axis: usize): usize {
    return axis < this.dimensions ? load<usize>(this.strides + this.offset(axis)) : 0;
  }

  private offset(axis: usize): usize {
    return sizeof<usize>() * (this.dimensions - 1 - axis);
  }
}

// Fills c, which shares no memory with a or b, and returns true. Or does nothing and returns false: where the shapes do
// not fit, which is NumPy's to explain, or where the numbers of a row of c do not lie side by side.
export function multiply32(a: NumPyArray, b: NumPyArray, c: NumPyArray): bool {
  return multiply<f32>(a, b, c);
}

export function multiply64(a: NumPyArray, b: NumPyArray, c: NumPyArray): bool {
  return multiply<f64>(a, b, c);
}

function multiply<T>(a: NumPyArray, b: NumPyArray, c: NumPyArray): bool {
  const matrices = c.size(2), m = c.size(1), n = c.size(0), k = a.size(0);
  if (!(isFactor(a, m, k, matrices) && isFactor(b, k, n, matrices) && isFactor(c, m, n, matrices))) return false;
  if (k == 0 || c.stride(0) != sizeof<T>()) return false;
  const panelColumns = PANEL_ROW / sizeof<T>();
  for (let i: usize = 0; i < matrices; i++) {
    const aData = a.data + i * a.stride(2), bData = b.data + i * b.stride(2), cData = c.data + i * c.stride(2);
    for (let p: usize = 0; p < k; p += TERMS) {
      const terms = min(TERMS, k - p);
      for (let j: usize = 0; j < n; j += panelColumns) {
        const columns = min(panelColumns, n - j);
        pack<T>(bData + p * b.stride(1) + j * b.stride(0), b, terms, columns);
        multiplyPanel<T>(aData + p * a.stride(0), a, m, terms, cData + j * sizeof<T>(), c, columns, p > 0);
      }
    }
  }
  return true;
}

function isFactor(array: NumPyArray, rows: usize, columns: usize, matrices: usize): bool {
  const dimensions = array.dimensions, ofStack = dimensions == 3 && array.size(2) == matrices;
  return (dimensions == 2 || ofStack) && array.size(1) == rows && array.size(0) == columns;
}

// Copies some columns of B into the panel, row by row; columns that are not there are 0.
function pack<T>(from: usize, b: NumPyArray, terms: usize, columns: usize): void {
  const row = b.stride(1), column = b.stride(0), end = panel + terms * PANEL_ROW;
  if (column == sizeof<T>() && columns == PANEL_ROW / sizeof<T>()) {
    for (let to = panel; to < end; to += PANEL_ROW, from += row) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    return;
  }
  for (let j: usize = 0; j < PANEL_ROW / sizeof<T>(); j++) {
    let next = from + j * column;
    for (let to = panel + j * sizeof<T>(); to < end; to += PANEL_ROW, next += row) {
      store<T>(to, j < columns ? load<T>(next) : <T>0);
    }
  }
}

// Some columns of C, from all rows of A and the panel.
function multiplyPanel<T>(
  a: usize, ofA: NumPyArray, m: usize, terms: usize, c: usize, ofC: NumPyArray, columns: usize, add: bool,
): void {
  const aRow = ofA.stride(1), aColumn = ofA.stride(0), cRow = ofC.stride(1);
  let i: usize = 0;
  for (; i + ROWS <= m; i += ROWS, a += ROWS * aRow, c += ROWS * cRow) {
    fourRows<T>(a, aRow, aColumn, terms, c, cRow, columns, add);
  }
  for (; i < m; i++, a += aRow, c += cRow) oneRow<T>(a, aColumn, terms, c, columns, add);
}

function fourRows<T>(
  a0: usize, aRow: usize, aColumn: usize, terms: usize, c: usize, cRow: usize, columns: usize, add: bool,
): void {
  let a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  let left0 = v128.splat<T>(0), left1 = left0, left2 = left0, left3 = left0;
  let right0 = left0, right1 = left0, right2 = left0, right3 = left0;
  const end = panel + terms * PANEL_ROW;
  for (let row = panel; row < end; row += PANEL_ROW) {
    const left = v128.load(row), right = v128.load(row, 16);
    let factor = v128.load_splat<T>(a0);
    left0 = v128.add<T>(left0, v128.mul<T>(factor, left));
    right0 = v128.add<T>(right0, v128.mul<T>(factor, right));
    factor = v128.load_splat<T>(a1);
    left1 = v128.add<T>(left1, v128.mul<T>(factor, left));
    right1 = v128.add<T>(right1, v128.mul<T>(factor, right));
    factor = v128.load_splat<T>(a2);
    left2 = v128.add<T>(left2, v128.mul<T>(factor, left));
    right2 = v128.add<T>(right2, v128.mul<T>(factor, right));
    factor = v128.load_splat<T>(a3);
    left3 = v128.add<T>(left3, v128.mul<T>(factor, left));
    right3 = v128.add<T>(right3, v128.mul<T>(factor, right));
    a0 += aColumn;
    a1 += aColumn;
    a2 += aColumn;
    a3 += aColumn;
  }
  write<T>(c, left0, right0, columns, add);
  write<T>(c + cRow, left1, right1, columns, add);
  write<T>(c + 2 * cRow, left2, right2, columns, add);
  write<T>(c + 3 * cRow, left3, right3, columns, add);
}

function oneRow<T>(a: usize, aColumn: usize, terms: usize, c: usize, columns: usize, add: bool): void {
  let left = v128.splat<T>(0), right = left;
  const end = panel + terms * PANEL_ROW;
  for (let row = panel; row < end; row += PANEL_ROW, a += aColumn) {
    const factor = v128.load_splat<T>(a);
    left = v128.add<T>(left, v128.mul<T>(factor, v128.load(row)));
    right = v128.add<T>(right, v128.mul<T>(factor, v128.load(row, 16)));
  }
  write<T>(c, left, right, columns, add);
}

function write<T>(c: usize, left: v128, right: v128, columns: usize, add: bool): void {
  if (columns < PANEL_ROW / sizeof<T>()) return writeSome<T>(c, left, right, columns, add);
  v128.store(c, add ? v128.add<T>(v128.load(c), left) : left);
  v128.store(c, add ? v128.add<T>(v128.load(c, 16), right) : right, 16);
}

function writeSome<T>(c: usize, left: v128, right: v128, columns: usize, add: bool): void {
  v128.store(sums, left);
  v128.store(sums, right, 16);
  for (let from = sums, end = sums + columns * sizeof<T>(); from < end; from += sizeof<T>(), c += sizeof<T>()) {
    store<T>(c, add ? load<T>(c) + load<T>(from) : load<T>(from));
  }
}
